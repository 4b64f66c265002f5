import { scaleBand, scaleLinear } from 'victory-vendor/d3-scale';
import { stack } from 'victory-vendor/d3-shape';
import {
  addKinds,
  type KindCounts,
  noKinds,
  OUTCOME_KINDS,
  totalOf,
} from '../../../core/reduce/details/outcome-kind.ts';
import type { DurationBucket } from '../../../core/reduce/details/run-details.ts';
import { formatCount } from '../../../core/wording/format-count.ts';
import { formatElapsed } from '../format-elapsed.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import { type KindWords, kindsInWords } from '../kinds.ts';
import { chartFrame, PLOT, short } from './chart-frame.ts';

/** The number of columns that fit into a chart. */
const MOST_COLUMNS = 26;
const MOST_LABELS = 7;

/** A chart of tenants by duration, stacked by kind. */
export function durationsChart(buckets: readonly DurationBucket[], words: KindWords): Html {
  const columns = columnsOf(buckets);
  const x = scaleBand(
    columns.map(({ belowMs }) => belowMs),
    [PLOT.left, PLOT.right],
  )
    .paddingInner(0.12)
    .paddingOuter(0.06);
  const most = Math.max(...columns.map(({ counts }) => totalOf(counts)));
  const y = scaleLinear([0, most], [PLOT.bottom, PLOT.top]).nice(4);
  const layers = stack<KindCounts>().keys(OUTCOME_KINDS)(columns.map(({ counts }) => counts));
  const everyLabel = Math.ceil(columns.length / MOST_LABELS);
  return chartFrame({
    title: 'Time per tenant',
    description: medianInWords(buckets),
    y,
    xTicks: columns
      .map(({ belowMs }) => ({
        x: (x(belowMs) ?? 0) + x.bandwidth() + (x.step() - x.bandwidth()) / 2,
        label: edgeInWords(belowMs),
      }))
      .filter(({ x: at }, index) => (index + 1) % everyLabel === 0 && at < PLOT.right - 14),
    marks: html`${columns.map(
      ({ belowMs, counts }, index) =>
        totalOf(counts) > 0 &&
        html`<g>${layers.map((layer) => {
          const [low = 0, high = 0] = layer[index] ?? [];
          return (
            high > low &&
            html`<rect class="${layer.key}" x="${short(x(belowMs) ?? 0)}" y="${short(y(high))}" width="${short(x.bandwidth())}" height="${short(y(low) - y(high))}"/>`
          );
        })}<title>${rangeInWords(columns, index)}: ${kindsInWords(counts, words)}</title></g>
`,
    )}`,
  });
}

/** The buckets, or if there are too many, buckets joined at the edges 1, 2, 5, 10, 20 and so on. */
export function columnsOf(buckets: readonly DurationBucket[]): readonly DurationBucket[] {
  if (buckets.length <= MOST_COLUMNS) return buckets;
  const columns: DurationBucket[] = [];
  let counts = noKinds();
  for (const [index, bucket] of buckets.entries()) {
    addKinds(counts, bucket.counts);
    const isEdge = /^[125]0*$/.test(String(bucket.belowMs));
    if (!isEdge && index < buckets.length - 1) continue;
    columns.push({ belowMs: bucket.belowMs, counts });
    counts = noKinds();
  }
  return columns;
}

/** `100 to 200 ms` */
export function rangeInWords(columns: readonly DurationBucket[], index: number): string {
  const { belowMs } = columns[index] ?? { belowMs: 0 };
  const from = columns[index - 1]?.belowMs;
  const below = edgeInWords(belowMs);
  return from === undefined ? `below ${below}` : `${edgeInWords(from)} to ${below}`;
}

/** `Half of the tenants took less than 125 ms, 95 % less than 400 ms.` Exact, because the limits are edges of buckets. */
export function medianInWords(buckets: readonly DurationBucket[]): string {
  const below = (share: number) => edgeInWords(edgeBelowWhich(buckets, share));
  return `Half of the tenants took less than ${below(0.5)}, 95 % less than ${below(0.95)}.`;
}

function edgeBelowWhich(buckets: readonly DurationBucket[], share: number): number {
  const all = buckets.reduce((sum, { counts }) => sum + totalOf(counts), 0);
  let below = 0;
  for (const { belowMs, counts } of buckets) {
    below += totalOf(counts);
    if (below >= all * share) return belowMs;
  }
  return 0;
}

function edgeInWords(milliseconds: number): string {
  if (milliseconds < 1_000) return formatElapsed(milliseconds);
  return milliseconds < 600_000
    ? `${formatSeconds(milliseconds / 1_000)} s`
    : `${formatCount(milliseconds / 60_000)} min`;
}

function formatSeconds(seconds: number): string {
  return Number.isInteger(seconds) ? formatCount(seconds) : String(seconds);
}
