import { cutToBytes } from '../wording/cut-to-bytes.ts';
import { formatCount } from '../wording/format-count.ts';
import type { DigestFinding } from './compare-digests.ts';

/** Most of a statement is in its beginning. */
const SHOWN_BYTES = 200;

/** A finding in a sentence. It has the statement without its literals. */
export function findingText(finding: DigestFinding, slug: string): string {
  const { kind, before, since } = finding;
  const text = cutToBytes(finding.text.replace(/\s+/g, ' ').trim(), SHOWN_BYTES);
  if (kind === 'errors') {
    const past = before === undefined ? '' : `, and ${percent(before.errorShare)} before`;
    return `Since the wave, ${percent(since.errorShare)} of ${formatCount(since.count)} executions in ${slug} have failed${past}: ${text}`;
  }
  const times = Math.round(since.timeMs / Math.max(before?.timeMs ?? 0, 0.001));
  const rows =
    before === undefined
      ? ''
      : `, and reads ${formatCount(Math.round(since.rowsExamined))} rows instead of ${formatCount(Math.round(before.rowsExamined))}`;
  return `Since the wave, a statement in ${slug} takes ${ms(since.timeMs)} instead of ${ms(before?.timeMs ?? 0)} (${formatCount(times)} times as long)${rows}: ${text}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}

function ms(value: number): string {
  return `${value < 10 ? Math.round(value * 100) / 100 : formatCount(Math.round(value))} ms`;
}
