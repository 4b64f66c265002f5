import { sortedRows } from './compare-rows.ts';
import type { DatabaseContents, TableContents } from './database-contents.ts';

/** Generated ids of one table, and those that the same rows have elsewhere. */
type Renamed = ReadonlyMap<string, string>;

/**
 * The contents with generated ids as if the server had not counted on for rows that were rolled back. InnoDB never
 * gives such an id again, so a resumed migration may have gaps. Other columns that hold the ids are rewritten too, if
 * that explains how they differ from `wanted`.
 *
 * @param base what the database had before: its ids stay
 */
export function withoutGaps(
  found: DatabaseContents,
  wanted: DatabaseContents,
  base: DatabaseContents,
): DatabaseContents {
  const renamed = [...found.tables].flatMap(([name, table]): Renamed[] => {
    const other = wanted.tables.get(name);
    if (other === undefined) return [];
    const old = base.tables.get(name);
    const [ids, others] = [newIds(table, old), newIds(other, old)];
    if (ids.length !== others.length || ids.join() === others.join()) return [];
    return [new Map(ids.map((id, at) => [id, others[at] ?? id]))];
  });
  if (renamed.length === 0) return found;
  const tables = new Map(
    [...found.tables].map(([name, table]) => [
      name,
      rewritten(table, wanted.tables.get(name), renamed),
    ]),
  );
  return { ...found, tables };
}

/** The generated ids that the base does not have, in their order. */
function newIds({ columns, rows }: TableContents, base: TableContents | undefined): string[] {
  const at = columns.findIndex(({ isNumbered }) => isNumbered);
  if (at < 0) return [];
  const place = base?.columns.findIndex(({ isNumbered }) => isNumbered) ?? -1;
  const old = new Set(place < 0 ? [] : base?.rows.map((row) => row[place]));
  return rows
    .map((row) => row[at])
    .filter((id): id is string => id !== undefined && !old.has(id))
    .sort((one, other) => Number(one) - Number(other));
}

/** Replaces ids in each column that differs from the wanted table, if the ids of one table explain it. */
function rewritten(
  table: TableContents,
  wanted: TableContents | undefined,
  renamed: readonly Renamed[],
): TableContents {
  if (wanted === undefined) return table;
  let { rows } = table;
  for (const [at, { name }] of table.columns.entries()) {
    const expected = sortedRows(wanted, [name]).join();
    const isRight = (changed: TableContents['rows']) =>
      sortedRows({ ...table, rows: changed }, [name]).join() === expected;
    if (isRight(rows)) continue;
    for (const ids of renamed) {
      const changed = rows.map((row) => row.with(at, ids.get(row[at] ?? '') ?? row[at]));
      if (!isRight(changed)) continue;
      rows = changed;
      break;
    }
  }
  return { ...table, rows };
}
