import type { Difference } from './compare-definitions.ts';
import type { CellText, DatabaseContents, TableContents } from './database-contents.ts';

/** Columns whose values may differ, as `table.column`. */
export type VaryingColumns = ReadonlySet<string>;

/** Compares the rows of tables that both databases have, whatever their order. */
export function compareRows(
  before: DatabaseContents,
  after: DatabaseContents,
  varying: VaryingColumns = new Set(),
): Difference[] {
  return [...before.tables].flatMap(([name, table]): Difference[] => {
    const other = after.tables.get(name);
    if (other === undefined) return [];
    const object = `table ${name}`;
    const [count, otherCount] = [table.rows.length, other.rows.length];
    if (count !== otherCount) {
      return [{ object, of: 'rows', text: `has ${rowsWords(otherCount)} instead of ${count}` }];
    }
    const shared = sharedColumns(table, other).filter(
      (column) => !varying.has(`${name}.${column}`),
    );
    if (isSame(sortedRows(table, shared), sortedRows(other, shared))) return [];
    const columns = shared.filter(
      (column) => !isSame(sortedRows(table, [column]), sortedRows(other, [column])),
    );
    const text =
      columns.length === 0
        ? 'has the same values in other rows'
        : `has other values in ${columns.join(', ')}`;
    return [{ object, of: 'rows', text, columns }];
  });
}

/** The columns that both tables have. */
function sharedColumns(table: TableContents, other: TableContents): string[] {
  const names = new Set(other.columns.map(({ name }) => name));
  return table.columns.map(({ name }) => name).filter((name) => names.has(name));
}

/** Rows as texts, with the values of these columns only, sorted. */
export function sortedRows(
  { columns, rows }: TableContents,
  wanted: readonly string[],
): readonly string[] {
  const places = wanted.map((name) => columns.findIndex((column) => column.name === name));
  return rows.map((row) => JSON.stringify(places.map((place) => nullOf(row[place])))).sort();
}

/** `JSON.stringify` would write NULL as the text `null` for both NULL and a missing column. */
function nullOf(value: CellText): string | null {
  return value ?? null;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

function rowsWords(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
