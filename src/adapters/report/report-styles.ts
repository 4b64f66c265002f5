/** Style sheet of the report: light and dark by the reader's choice, and fit for paper. */
export const REPORT_STYLES = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #12151a);
  --card: light-dark(#ffffff, #1a1e25);
  --line: light-dark(#dde1e7, #303641);
  --text: light-dark(#1b2028, #e6e9ee);
  --soft: light-dark(#596273, #a2abb9);
  --code: light-dark(#eef0f4, #252b35);
  --good: light-dark(#1a7f4b, #4cc38a);
  --calm: light-dark(#7fb59a, #2f6b4e);
  --bad: light-dark(#c0322b, #ff7b72);
  --warn: light-dark(#9a6200, #e3b341);
  --plan: light-dark(#2f6fde, #79aaff);
  --mute: light-dark(#aab2bf, #5c6675);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--page);
  color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, h3, p, dl, dd, table, pre { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1.05rem; overflow-wrap: anywhere; }
small, .aside, .kind { color: var(--soft); font-size: .875rem; font-weight: 400; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: .9em; }
code { overflow-wrap: anywhere; }
.kind { letter-spacing: .02em; }
.sentence { font-size: 1.1rem; margin-top: .35rem; }
.verdict {
  display: inline-block;
  vertical-align: .2em;
  padding: .1rem .6rem;
  border: 1.5px solid;
  border-radius: 99px;
  font-size: .875rem;
  font-weight: 600;
}
.verdict.good { color: var(--good); }
.verdict.bad { color: var(--bad); }
.verdict.warn { color: var(--warn); }
.bar {
  display: flex;
  gap: 2px;
  height: .75rem;
  margin: 1.5rem 0 1rem;
  overflow: hidden;
  border-radius: 99px;
  background: var(--line);
}
.bar i { min-width: 4px; flex-basis: 0; background: var(--mute); }
.bar .migrated { background: var(--good); }
.bar .unchanged { background: var(--calm); }
.bar .reverted { background: var(--good); }
.bar .planned { background: var(--plan); }
.bar .failed { background: var(--bad); }
.bar .unknown { background: var(--warn); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; }
.figures div {
  padding: .75rem 1rem;
  border: 1px solid var(--line);
  border-top: 3px solid var(--mute);
  border-radius: .5rem;
  background: var(--card);
}
.figures .migrated { border-top-color: var(--good); }
.figures .unchanged { border-top-color: var(--calm); }
.figures .reverted { border-top-color: var(--good); }
.figures .planned { border-top-color: var(--plan); }
.figures .failed { border-top-color: var(--bad); }
.figures .unknown { border-top-color: var(--warn); }
.figures dt { color: var(--soft); font-size: .875rem; }
.figures dd { font-size: 1.6rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.aside { margin-top: .75rem; }
.notice, .failure {
  margin-top: 1rem;
  padding: .9rem 1.1rem;
  border: 1px solid var(--line);
  border-left: 4px solid var(--plan);
  border-radius: .5rem;
  background: var(--card);
}
.notice.warn { border-left-color: var(--warn); }
.failure { border-left-color: var(--bad); }
.notice code, .where code, h3 code, td code, .facts code {
  padding: .1em .35em;
  border-radius: .3em;
  background: var(--code);
}
.count { color: var(--bad); font-variant-numeric: tabular-nums; }
.message { margin-top: .35rem; overflow-wrap: anywhere; white-space: pre-line; }
.where { margin-top: .5rem; color: var(--soft); }
pre {
  margin-top: .4rem;
  padding: .6rem .8rem;
  border-radius: .4rem;
  background: var(--code);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
.next { margin-top: .6rem; overflow-wrap: anywhere; }
table { width: 100%; margin-top: .75rem; border-collapse: collapse; font-size: .925rem; }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; font-size: .875rem; }
tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.facts { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); padding: .25rem 1.1rem; }
.facts div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; padding: .45rem 0; border-bottom: 1px solid var(--line); }
.facts div:last-child { border-bottom: 0; }
.facts dt { color: var(--soft); }
.facts dd { overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 40rem) {
  .facts div { grid-template-columns: 1fr; gap: 0; }
}
@media print {
  :root { color-scheme: light; }
  body { background: none; font-size: 11pt; }
  main { max-width: none; padding: 0; }
  .failure, .figures div, .notice { break-inside: avoid; }
  .bar, .figures div, .verdict, code, pre { print-color-adjust: exact; }
}
`;
