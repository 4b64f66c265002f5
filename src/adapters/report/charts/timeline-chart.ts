import { scaleLinear } from 'victory-vendor/d3-scale';
import { area, curveStepAfter, stack } from 'victory-vendor/d3-shape';
import { utcTicks } from 'victory-vendor/d3-time';
import {
  type KindCounts,
  noKinds,
  OUTCOME_KINDS,
  totalOf,
} from '../../../core/reduce/details/outcome-kind.ts';
import type { Timeline, WaveCount } from '../../../core/reduce/details/run-details.ts';
import { formatCount } from '../../../core/wording/format-count.ts';
import { formatClock } from '../format-time.ts';
import { type Html, html } from '../html.ts';
import { type KindWords, kindsInWords } from '../kinds.ts';
import { chartFrame, PLOT, short, type Tick } from './chart-frame.ts';

/** The minimum number of buckets that makes a chart over time useful. */
export const FEWEST_BUCKETS = 3;
const DAY_MS = 86_400_000;

/** A chart of outcomes over time, stacked by kind; dashed lines mark the start of later waves. */
export function timelineChart(
  { from, bucketMs, buckets }: Timeline,
  waves: readonly WaveCount[],
  words: KindWords,
): Html {
  const start = Date.parse(from);
  const end = start + buckets.length * bucketMs;
  const x = scaleLinear([start, end], [PLOT.left, PLOT.right]);
  const most = Math.max(...buckets.map(totalOf));
  const y = scaleLinear([0, most], [PLOT.bottom, PLOT.top]).nice(4);
  const timeOf = (index: number) => start + index * bucketMs;
  // The last step ends with its bucket.
  const steps: readonly KindCounts[] = [...buckets, buckets.at(-1) ?? noKinds()];
  const layers = stack<KindCounts>().keys(OUTCOME_KINDS)([...steps]);
  const shape = area<(typeof layers)[number][number]>()
    .x((_, index) => short(x(timeOf(index))))
    .y0(([low]) => short(y(low)))
    .y1(([, high]) => short(y(high)))
    .curve(curveStepAfter);
  const width = (PLOT.right - PLOT.left) / buckets.length;
  const marks = html`${layers
    .filter((layer) => layer.some(([low, high]) => high > low))
    .map((layer) => html`<path class="${layer.key}" d="${shape(layer) ?? ''}"/>`)}
${waves.slice(1).map((wave) => waveLine(wave, x))}${buckets.map(
  (counts, index) =>
    totalOf(counts) > 0 &&
    html`<rect class="hit" x="${short(x(timeOf(index)))}" y="${PLOT.top}" width="${short(width)}" height="${PLOT.bottom - PLOT.top}"><title>${formatClock(new Date(timeOf(index)).toISOString())}: ${kindsInWords(counts, words)}</title></rect>`,
)}`;
  return chartFrame({
    title: 'Outcomes over time',
    description: `${formatClock(from)} to ${formatClock(new Date(end).toISOString())} UTC, at most ${formatCount(most)} in ${bucketInWords(bucketMs)}`,
    y,
    xTicks: ticksOf(start, end, x),
    marks,
  });
}

/** Formats the width of a bucket, which is 250 ms times a power of two: `2 s`, `250 ms`, `4 min`. */
export function bucketInWords(bucketMs: number): string {
  if (bucketMs < 1_000) return `${bucketMs} ms`;
  if (bucketMs < 120_000) return `${formatCount(bucketMs / 1_000)} s`;
  const minutes = bucketMs / 60_000;
  return `${minutes < 10 ? minutes.toFixed(1) : formatCount(minutes)} min`;
}

function waveLine({ wave, from }: WaveCount, x: (time: number) => number): Html | undefined {
  if (from === undefined) return undefined;
  const at = short(x(Date.parse(from)));
  if (at < PLOT.left || at > PLOT.right) return undefined;
  return html`<line class="wave" x1="${at}" x2="${at}" y1="${PLOT.top}" y2="${PLOT.bottom}"/><text class="wave" x="${at + 4}" y="${PLOT.top + 8}">wave ${wave}</text>
`;
}

function ticksOf(start: number, end: number, x: (time: number) => number): Tick[] {
  const ticks = utcTicks(new Date(start), new Date(end), 5).filter(
    // Labels have no room for fractions of a second.
    (tick) => x(tick.getTime()) < PLOT.right - 16 && tick.getTime() % 1_000 === 0,
  );
  const fromSeconds = ticks.some((tick) => tick.getTime() % 60_000 !== 0);
  return ticks.map((tick) => {
    const iso = tick.toISOString();
    const clock = fromSeconds ? formatClock(iso) : iso.slice(11, 16);
    return {
      x: x(tick.getTime()),
      label: end - start > DAY_MS ? `${iso.slice(5, 10)} ${clock}` : clock,
    };
  });
}
