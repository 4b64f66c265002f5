import { compareReplays, type ReplayComparison, type ReplaySide } from './compare-replays.ts';
import { NOW, type SnapshotCell, type SnapshotSql, type SnapshotTable } from './snapshot-ports.ts';
import type { SnapshotSink } from './snapshot-sink.ts';

/** A snapshot that was written, and whether it is to be kept. */
export interface WrittenSnapshot {
  readonly comparison: ReplayComparison;
  /** Whether something in it is a point in time that depends on the session's time zone. */
  readonly isZoned: boolean;
}

/** Characters of values in one INSERT, and rows: servers accept at least some megabytes. */
const MOST_CHARACTERS = 100_000;
const MOST_ROWS = 1_000;

/** Writes one of two databases into the sink while they are compared, row by row. */
export async function writeSnapshot(
  one: ReplaySide,
  other: ReplaySide,
  sink: SnapshotSink,
  sql: SnapshotSql,
): Promise<WrittenSnapshot> {
  const { objects } = one.contents;
  let isZoned = objects.some(
    ({ kind, sql: text }) =>
      kind === 'event' || (kind === 'table' && / timestamp(?:\(\d\))? [^\n]*DEFAULT '/i.test(text)),
  );
  let open: { table: SnapshotTable; rows: (readonly SnapshotCell[])[]; size: number } | undefined;
  const flush = async () => {
    if (open !== undefined) await sink.write(sql.insert(open.table, open.rows));
    open = undefined;
  };
  for (const statement of sql.before(one.contents)) await sink.write(statement);
  const comparison = await compareReplays(one, other, async (table, row) => {
    isZoned ||= row.some((cell, at) => dependsOnZone(cell, table.columns[at]?.type));
    const size = row.reduce((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 4), 0);
    const isFull =
      open !== undefined &&
      (open.table !== table || open.rows.length >= MOST_ROWS || open.size + size > MOST_CHARACTERS);
    if (isFull) await flush();
    open ??= { table, rows: [], size: 0 };
    open.rows.push(row);
    open.size += size;
  });
  await flush();
  for (const statement of sql.after(one.contents)) await sink.write(statement);
  return { comparison, isZoned };
}

/** A DATETIME shows the session's time, and a TIMESTAMP is written in it. */
function dependsOnZone(cell: SnapshotCell, type: string | undefined): boolean {
  if (type === 'datetime') return cell === NOW;
  return type === 'timestamp' && typeof cell === 'string';
}
