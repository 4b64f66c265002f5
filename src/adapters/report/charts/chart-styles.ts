/** Style sheet of the charts and of the tables with bars. */
export const CHART_STYLES = `
.chart { display: block; width: 100%; height: auto; margin-top: .5rem; overflow: visible; }
.chart text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
.chart .x { text-anchor: middle; }
.chart .y { text-anchor: end; }
.chart .grid { stroke: var(--line); }
.chart .axis { stroke: var(--mute); }
.chart .changed, .chart .unchanged, .chart .failed, .chart .open { stroke: none; }
.chart .changed { fill: var(--good); }
.chart .unchanged { fill: var(--calm); }
.chart .failed { fill: var(--bad); }
.chart .open { fill: var(--mute); }
.chart line.wave { stroke: var(--plan); stroke-dasharray: 4 3; }
.chart text.wave { fill: var(--plan); }
.chart .hit { fill: transparent; }
.chart .hit:hover { fill: var(--text); fill-opacity: .12; }
.chart g:hover rect { opacity: .8; }
i.changed { background: var(--good); }
/* A plan has the color that its counts have: nothing has been done. */
.planned-run i.changed { background: var(--plan); }
i.unchanged { background: var(--calm); }
i.failed { background: var(--bad); }
i.open { background: var(--mute); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; color: var(--soft); font-size: .875rem; }
.key { display: inline-block; width: .75em; height: .75em; margin-right: .4em; border-radius: .2em; }
.figures-of-run { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; margin-top: .75rem; align-items: start; }
figure { margin: 0; min-width: 0; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
figure h3 { font-size: 1rem; }
figcaption .aside { margin-top: .1rem; }
.bars td:first-child, .bars th:first-child { width: 52%; }
.share { display: flex; gap: 1px; height: .4rem; margin-top: .3rem; border-radius: 99px; overflow: hidden; }
.share i { flex-basis: 0; min-width: 3px; }
@media (max-width: 40rem) {
  .chart text { font-size: 15px; }
}
`;
