import type { CellText, TableContents } from './database-contents.ts';

const MINUTE_MS = 60_000;

/** The largest offset of a time zone: a column without one has the time of the session's. */
const MOST_OFFSET_MS = 14 * 60 * MINUTE_MS;

const TEMPORAL: readonly string[] = ['datetime', 'timestamp', 'date'];

/**
 * Whether a column for points in time differs between two runs by the time of each run alone.
 *
 * @param one the table and the clock of the first run
 * @param other those of the second
 */
export function differsByRunTime(
  column: string,
  one: readonly [table: TableContents, clock: number],
  other: readonly [table: TableContents, clock: number],
): boolean {
  const [before, after] = [valuesOf(column, one[0]), valuesOf(column, other[0])];
  const type = one[0].columns.find(({ name }) => name === column)?.type ?? '';
  if (!TEMPORAL.includes(type)) return false;
  const lacks = (values: readonly CellText[], all: readonly CellText[]) =>
    values.filter((value) => !all.includes(value));
  return (
    lacks(before, after).every((value) => isRunTime(value, type, one[1])) &&
    lacks(after, before).every((value) => isRunTime(value, type, other[1]))
  );
}

function valuesOf(column: string, { columns, rows }: TableContents): CellText[] {
  const at = columns.findIndex(({ name }) => name === column);
  return rows.map((row) => row[at]);
}

/** Whether a value is the clock's time in some time zone, give or take a minute; of a date, its day. */
function isRunTime(value: CellText, type: string, clock: number): boolean {
  if (value === undefined) return false;
  const distance = Math.abs(
    Date.parse(`${value.replace(' ', 'T')}${type === 'date' ? '' : 'Z'}`) - clock,
  );
  if (type === 'date') return distance <= MOST_OFFSET_MS + 24 * 60 * MINUTE_MS;
  const rest = distance % (15 * MINUTE_MS);
  return (
    distance <= MOST_OFFSET_MS + MINUTE_MS && Math.min(rest, 15 * MINUTE_MS - rest) <= MINUTE_MS
  );
}
