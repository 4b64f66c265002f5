import {
  addKinds,
  type KindCounts,
  noKinds,
  totalOf,
} from '../../core/reduce/details/outcome-kind.ts';
import type { RunDetails } from '../../core/reduce/details/run-details.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import {
  columnsOf,
  durationsChart,
  medianInWords,
  rangeInWords,
} from './charts/durations-chart.ts';
import { bucketInWords, FEWEST_BUCKETS, timelineChart } from './charts/timeline-chart.ts';
import { formatClock } from './format-time.ts';
import { hostsTable } from './hosts-table.ts';
import { type Html, html } from './html.ts';
import { type KindWords, kindLegend, kindsInWords, kindWords } from './kinds.ts';
import { slowestTable } from './slowest-table.ts';
import { wavesTable } from './waves-table.ts';

/** The course of a run: outcomes over time, durations, and the counts of hosts and waves. */
export function chartsSection({ record, state, details }: FinishedRun): Html | undefined {
  if (details === undefined) return undefined;
  const words = kindWords(record.request);
  const all = noKinds();
  for (const { counts } of details.waves) addKinds(all, counts);
  // A plan has no charts of times, because the time to read tenants is not interesting.
  const isPlan = record.request.command === 'plan';
  const figures = [
    isPlan ? undefined : timelineFigure(details, words),
    isPlan ? undefined : durationsFigure(details, words),
    isPlan ? undefined : slowestTable(details.slowest),
    hostsTable(details, words),
    wavesTable(details.waves, state.waves, words),
  ].filter((figure) => figure !== undefined);
  if (figures.length === 0) return undefined;
  return html`<section aria-labelledby="course">
<h2 id="course">${isPlan ? 'Hosts and waves' : 'How it went'}</h2>
${kindLegend(all, words)}<div class="figures-of-run">
${figures}</div>
</section>
`;
}

function timelineFigure({ timeline, waves }: RunDetails, words: KindWords): Html | undefined {
  if (timeline === undefined || timeline.buckets.length < FEWEST_BUCKETS) return undefined;
  const { from, bucketMs, buckets } = timeline;
  const start = Date.parse(from);
  const rows = buckets.flatMap((counts, index) =>
    totalOf(counts) === 0
      ? []
      : [[formatClock(new Date(start + index * bucketMs).toISOString()), counts] as const],
  );
  return html`<figure>
<figcaption><h3>Outcomes over time</h3><p class="aside">Tenants per ${bucketInWords(bucketMs)}, times in UTC.</p></figcaption>
${timelineChart(timeline, waves, words)}${asTable('Time', rows, words)}</figure>
`;
}

function durationsFigure({ durations }: RunDetails, words: KindWords): Html | undefined {
  if (durations.length === 0) return undefined;
  const columns = columnsOf(durations);
  const rows = columns.flatMap(({ counts }, index) =>
    totalOf(counts) === 0 ? [] : [[rangeInWords(columns, index), counts] as const],
  );
  return html`<figure>
<figcaption><h3>Time per tenant</h3><p class="aside">${medianInWords(durations)}</p></figcaption>
${durationsChart(durations, words)}${asTable('Duration', rows, words)}</figure>
`;
}

/** The numbers of a chart as a table, for screen readers and for reading exact values. */
function asTable(
  label: string,
  rows: readonly (readonly [string, KindCounts])[],
  words: KindWords,
): Html {
  return html`<details class="more"><summary>Show as a table</summary>
<table><thead><tr><th scope="col">${label}</th><th scope="col">Tenants</th></tr></thead>
<tbody>
${rows.map(([name, counts]) => html`<tr><td>${name}</td><td>${kindsInWords(counts, words)}</td></tr>\n`)}</tbody>
</table>
</details>
`;
}
