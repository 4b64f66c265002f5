import { formatCount } from '../../../core/wording/format-count.ts';
import { type Html, html } from '../html.ts';

/** The area of a chart that contains the data, in units of its view box. */
export const PLOT = { left: 44, right: 512, top: 10, bottom: 168 } as const;
const SIZE = { width: 520, height: 200 } as const;

export interface ChartParts {
  /** A short name and a description in words, for screen readers. */
  readonly title: string;
  readonly description: string;
  /** The scale of the vertical axis. */
  readonly y: { (value: number): number; ticks(count: number): number[] };
  readonly xTicks: readonly Tick[];
  readonly marks: Html;
}

export interface Tick {
  readonly x: number;
  readonly label: string;
}

/** A chart as an SVG picture that scales with the page; its colors come from the page's style sheet. */
export function chartFrame({ title, description, y, xTicks, marks }: ChartParts): Html {
  const { left, right, bottom } = PLOT;
  const yTicks = y.ticks(4).filter((value) => Number.isInteger(value));
  return html`<svg class="chart" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${title}: ${description}">
${yTicks.map(
  (value) =>
    html`<line class="grid" x1="${left}" x2="${right}" y1="${short(y(value))}" y2="${short(y(value))}"/><text class="y" x="${left - 6}" y="${short(y(value))}" dy=".32em">${formatCount(value)}</text>
`,
)}${marks}
<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>
${xTicks.map(
  ({ x, label }) =>
    html`<line class="axis" x1="${short(x)}" x2="${short(x)}" y1="${bottom}" y2="${bottom + 4}"/><text class="x" x="${short(x)}" y="${bottom + 18}">${label}</text>
`,
)}</svg>
`;
}

/** Rounds a coordinate to the digits that are visible. */
export function short(value: number): number {
  return Math.round(value * 10) / 10;
}
