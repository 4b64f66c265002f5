/** Style sheet of the report: light and dark by the reader's choice, and fit for a phone and for paper. */
export const REPORT_STYLES = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f5f6f8, #12151a);
  --card: light-dark(#ffffff, #1a1e25);
  --line: light-dark(#dde1e7, #303641);
  --text: light-dark(#1b2028, #e6e9ee);
  --soft: light-dark(#566072, #a2abb9);
  --code: light-dark(#eef0f4, #252b35);
  --link: light-dark(#1f5fcc, #8ab4ff);
  --good: light-dark(#12805c, #3fb68b);
  --calm: light-dark(#9ccdb8, #2c6650);
  --bad: light-dark(#c0322b, #ff7b72);
  --warn: light-dark(#8f5b00, #e3b341);
  --plan: light-dark(#2f6fde, #79aaff);
  --mute: light-dark(#aab2bf, #5c6675);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: .75rem; }
body {
  margin: 0;
  background: var(--page);
  color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 72rem; margin: 0 auto; padding: 1.25rem 1.25rem 4rem; }
h1, h2, h3, p, dl, dd, ol, ul, table, pre { margin: 0; }
ol, ul { padding: 0; list-style: none; }
a { color: var(--link); text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); text-underline-offset: .15em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: .2rem; }
h1 { font-size: 1.35rem; line-height: 1.35; margin-top: .15rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
h3 { font-size: 1rem; overflow-wrap: anywhere; }
small, .aside, .kind, .none, .unit { color: var(--soft); font-size: .85rem; font-weight: 400; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .88em; }
code { overflow-wrap: anywhere; padding: .08em .32em; border-radius: .28em; background: var(--code); }
pre code, .kind code, td .none code { padding: 0; background: none; }
.kind { letter-spacing: .01em; overflow-wrap: anywhere; }
header .aside { margin-top: .1rem; }
.verdict {
  display: inline-block;
  margin-right: .35rem;
  padding: 0 .6rem;
  border-radius: 99px;
  color: var(--card);
  font-size: .95rem;
  font-weight: 600;
}
.verdict.good { background: var(--good); }
.verdict.bad { background: var(--bad); }
.verdict.warn { background: var(--warn); }
.bar { display: flex; gap: 2px; height: .6rem; margin: .8rem 0 .55rem; overflow: hidden; border-radius: 99px; background: var(--line); }
.bar i { min-width: 4px; flex-basis: 0; background: var(--mute); }
.bar .migrated, .bar .reverted { background: var(--good); }
.bar .unchanged { background: var(--calm); }
.bar .planned { background: var(--plan); }
.bar .failed { background: var(--bad); }
.bar .unknown { background: var(--warn); }
.figures { display: flex; flex-wrap: wrap; gap: .2rem 1.75rem; }
.figures div { display: flex; flex-direction: row-reverse; align-items: baseline; gap: .4rem; --tone: transparent; }
.figures dt { color: var(--soft); font-size: .875rem; }
.figures dd { font-size: 1.2rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.figures dd::before { content: ""; display: inline-block; width: .6rem; height: .6rem; margin-right: .4rem; border-radius: .15rem; background: var(--tone); }
.figures div:not([class]) dd::before, .figures [class=""] dd::before { display: none; }
.figures .migrated, .figures .reverted { --tone: var(--good); }
.figures .unchanged { --tone: var(--calm); }
.figures .planned { --tone: var(--plan); }
.figures .failed { --tone: var(--bad); }
.figures .failed dd { color: var(--bad); }
.figures .skipped { --tone: var(--mute); }
.figures .unknown { --tone: var(--warn); }
.aside { margin-top: .6rem; }
.index h2 { margin-top: 1.1rem; }
.causes { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); overflow: hidden; }
.causes li { display: grid; grid-template-columns: 3.6rem minmax(0, 1fr) minmax(0, 1.15fr); gap: .15rem 1rem; padding: .5rem .9rem .5rem 0; border-top: 1px solid var(--line); border-left: 4px solid var(--bad); }
.causes li:first-child { border-top: 0; }
.causes .count { text-align: right; font-size: 1.1rem; font-weight: 650; line-height: 1.35; text-decoration: none; }
.causes .said, .causes .next > span { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow-wrap: anywhere; }
.causes .said { color: var(--soft); font-size: .9rem; }
.causes .next { font-size: .9rem; overflow-wrap: anywhere; }
.causes small code { padding: 0; background: none; }
.causes a code { color: inherit; }
.index details.more { margin-top: .5rem; }
.notice, .failure, .plan {
  margin-top: .75rem;
  padding: .7rem 1rem;
  border: 1px solid var(--line);
  border-left: 4px solid var(--plan);
  border-radius: .5rem;
  background: var(--card);
}
.notice { overflow-wrap: anywhere; }
.notice.warn { border-left-color: var(--warn); }
.heading { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .25rem 1rem; margin-top: 2rem; }
.heading h2 { margin: 0; }
search { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; }
search input { width: 24rem; max-width: 100%; padding: .4rem .7rem; border: 1px solid var(--mute); border-radius: .4rem; background: var(--card); color: var(--text); font: inherit; }
search output { color: var(--soft); font-size: .875rem; font-variant-numeric: tabular-nums; }
.failure { padding: .9rem 1.1rem; border-left-color: var(--bad); }
.failure:target { border-color: var(--bad); }
.count { color: var(--bad); font-variant-numeric: tabular-nums; }
h3 .count { text-decoration: none; }
h3 .page { font-size: .85rem; font-weight: 400; white-space: nowrap; }
.message { margin-top: .35rem; overflow-wrap: anywhere; white-space: pre-line; }
.where { margin-top: .5rem; color: var(--soft); }
pre { margin-top: .4rem; padding: .5rem .75rem; border-radius: .4rem; background: var(--code); white-space: pre-wrap; overflow-wrap: anywhere; }
.about > .next { margin-top: .6rem; overflow-wrap: anywhere; }
.commands { display: flex; flex-wrap: wrap; gap: .15rem 1.5rem; margin-top: .4rem; color: var(--soft); font-size: .9rem; }
.commands code { color: var(--text); }
.notice code, .next code, .commands code, .aside code { user-select: all; }
table { width: 100%; margin-top: .75rem; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .32rem .75rem .32rem 0; text-align: left; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
td { border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; font-size: .85rem; vertical-align: bottom; }
tr.own td { padding-top: 0; border-top: 0; color: var(--soft); font-size: .85rem; }
table.tenants { table-layout: auto; }
table.tenants td:first-child { min-width: 11rem; }
td.bad { color: var(--bad); font-weight: 600; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td .unit { display: none; }
summary { cursor: pointer; }
details.more { margin-top: .5rem; }
details.more > summary { color: var(--link); font-size: .9rem; }
.standings { margin-top: .75rem; }
.standings > details { margin-top: .4rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .4rem; }
.standings table { margin-top: .4rem; }
.standings td:nth-child(2) { white-space: nowrap; }
.standing { font-weight: 600; }
.standing.done { color: var(--good); }
.standing.missing { color: var(--bad); }
.standing.unsure { color: var(--warn); }
tr.stopped td { background: color-mix(in srgb, var(--warn) 12%, transparent); }
.now { color: var(--soft); font-size: .85rem; }
.plan .count { color: var(--plan); }
.names { display: flex; flex-wrap: wrap; gap: .2rem .5rem; margin-top: .4rem; }
.facts { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); padding: .25rem 1.1rem; }
.facts div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; padding: .4rem 0; border-top: 1px solid var(--line); }
.facts div:first-child { border-top: 0; }
.facts dt { color: var(--soft); }
.facts dd { overflow-wrap: anywhere; }
.decisions { margin: 0; padding: 0; list-style: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 40rem) {
  main { padding: .8rem .8rem 3rem; }
  h1 { font-size: 1.15rem; }
  .figures { gap: .1rem 1rem; }
  .figures dd { font-size: 1.05rem; }
  .figures dt { font-size: .8rem; }
  .bar { margin: .45rem 0 .3rem; }
  header .aside { font-size: .8rem; }
  header .minor { display: none; }
  .index h2 { margin-top: .8rem; }
  .causes li { grid-template-columns: 2.2rem minmax(0, 1fr); padding: .35rem .6rem .35rem 0; gap: 0 .6rem; }
  .causes .count { font-size: 1rem; }
  .causes .what { display: flex; gap: .4rem; align-items: baseline; min-width: 0; }
  .causes .what > a { flex-shrink: 0; }
  .causes .what small { display: none; }
  .causes .said { display: block; white-space: nowrap; text-overflow: ellipsis; font-size: .8rem; min-width: 0; }
  .causes .next { grid-column: 2; font-size: .8rem; line-height: 1.4; }
  .causes .next:has(.command) > span { -webkit-line-clamp: 1; }
  .index .notice { margin-top: .5rem; padding: .45rem .7rem; font-size: .875rem; }
  .index .notice small { display: none; }
  search, search input { width: 100%; }
  .failure { padding: .8rem .9rem; }
  .facts div { grid-template-columns: 1fr; gap: 0; }
  table.tenants thead { display: none; }
  table.tenants tbody { display: block; padding: .35rem 0; border-top: 1px solid var(--line); }
  table.tenants tr { display: flex; flex-wrap: wrap; gap: 0 .75rem; }
  table.tenants td { padding: 0; border: 0; }
  table.tenants td:first-child { flex: 1 0 100%; min-width: 0; }
  table.tenants .host, table.tenants .database, table.tenants .number { font-size: .85rem; }
  table.tenants .applied { font-size: .85rem; }
  table.tenants .applied:has([open]), table.tenants .own td { flex: 1 0 100%; }
  table.statements thead, table.stacked thead { display: none; }
  table.statements tr, table.stacked tr { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .35rem 0; border-top: 1px solid var(--line); }
  table.statements td, table.stacked td { padding: 0; border: 0; }
  table.statements td:nth-child(3), table.stacked td:first-child { flex: 1 0 100%; }
  table.statements .number { min-width: 1.2rem; }
  table.statements td:nth-child(2) { white-space: normal; flex: 1; }
  tr.stopped td { background: none; }
  tr.stopped { background: color-mix(in srgb, var(--warn) 12%, transparent); }
  table.stacked td[data-label]::before { content: attr(data-label) " "; color: var(--soft); font-size: .85rem; font-weight: 400; }
  table.tenants .applied::before { content: "Applied before: "; color: var(--soft); }
  td .unit { display: inline; }
}
@media print {
  :root { color-scheme: light; }
  html, body { background: #fff; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .failure, .notice, figure { break-inside: avoid-page; }
  .bar, .figures, .verdict, code, pre, .share { print-color-adjust: exact; }
  .index details::details-content, .failure details::details-content { content-visibility: visible; display: block; }
  figure details { display: none; }
  search { display: none; }
}
`;
