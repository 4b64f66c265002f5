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
  const earlier = new Map(counts);
  for (const { before } of changes) if (before !== undefined) counts.delete(before.name);
  for (const { before, after } of changes) {
    if (before === undefined || after === undefined) continue;
    // A renamed column leaves their number as it was.
    const isCounted = verdict?.how === 'instant' && before.columns.length !== after.columns.length;
    const count = verdict?.how === 'copy' ? 0 : (earlier.get(before.name) ?? 0);
    if (count > 0 || isCounted) counts.set(after.name, count + (isCounted ? 1 : 0));
  }
}
