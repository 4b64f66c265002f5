import type { KeptObject } from '../../core/kept/kept-object.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatBytes } from '../../core/wording/format-bytes.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/** The kept values of one tenant, one or more lines each. */
export function keptLines(
  slug: string,
  kept: readonly KeptObject[],
  {
    now,
    width,
    isDropped,
  }: { readonly now: number; readonly width: number; readonly isDropped: boolean },
): string[] {
  return kept.flatMap((each) => {
    const { table, columns, rows, bytes, migration, runId, keptAt, restoredAt, isChanged } = each;
    const subject = columns.length === 0 ? table : `${table}.${columns.join(', ')}`;
    const age = formatDuration(Math.max(0, now - keptAt.getTime()));
    const state = isDropped ? 'dropped' : restoredAt === undefined ? `${age} ago` : 'restored';
    const text = `${slug}: ${subject} (${countOf(rows, 'row')}, ${formatBytes(bytes)}), ${isChanged ? 'changed' : 'dropped'} by ${migration} in run ${runId}: ${state}`;
    return wrapText(printable(text), width, '   ');
  });
}
