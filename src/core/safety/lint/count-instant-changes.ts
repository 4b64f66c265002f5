import type { SentStatement } from '../recording.ts';

/**
 * Counts instant additions and removals of columns by table, which MySQL limits. A copy of a table starts its
 * count again.
 *
 * @param counts the counts so far, which are changed
 */
export function countInstantChanges(
  counts: Map<string, number>,
  { changes, verdict, isRefused }: SentStatement,
): void {
  if (isRefused) return;
  for (const { before, after } of changes) {
    if (before === undefined || after === undefined) {
      if (before !== undefined) counts.delete(before.name);
      continue;
    }
    if (verdict?.how === 'copy') counts.delete(after.name);
    // A renamed column leaves their number as it was.
    const isCounted = verdict?.how === 'instant' && before.columns.length !== after.columns.length;
    if (isCounted) counts.set(after.name, (counts.get(after.name) ?? 0) + 1);
  }
}
