import type { ColumnDefinition, TableDefinition } from '../table-definition.ts';
import type { CellText, DatabaseContents } from './database-contents.ts';

/** Rows for one table, with the columns that they fill. */
export interface SampleRows {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly CellText[])[];
}

/** How texts look: as words, or as digits, which are also JSON. */
export type TextForm = 'words' | 'digits';

/** Rows of each table: enough that an index may be unique or not, and an average differs from each value. */
const ROWS = 3;

/**
 * Makes a few rows for each table, parents before their children. Values are plain: distinct, short, not NULL, and
 * those of a foreign key exist in its parent. A table that has rows keeps them and gets none.
 */
export function sampleRows(
  tables: readonly TableDefinition[],
  contents: DatabaseContents,
  form: TextForm,
): SampleRows[] {
  const isEmpty = (name: string) => contents.tables.get(name)?.rows.length === 0;
  return parentsFirst(tables.filter(({ isView }) => !isView))
    .filter(({ name }) => isEmpty(name))
    .map((table) => {
      const columns = table.columns.filter(isFilled);
      return {
        table: table.name,
        columns: columns.map(({ name, type }) => ({ name, type: typeName(type) })),
        rows: Array.from({ length: ROWS }, (_, row) =>
          columns.map((column) => cellOf(column, table, row + 1, contents, form)),
        ),
      };
    });
}

function isFilled({ generated }: ColumnDefinition): boolean {
  return generated === undefined;
}

/** Orders tables so that a foreign key's parent comes first, as far as there is no circle. */
function parentsFirst(tables: readonly TableDefinition[]): TableDefinition[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Set<TableDefinition>();
  const visit = (table: TableDefinition, path: ReadonlySet<TableDefinition>): void => {
    if (ordered.has(table) || path.has(table)) return;
    const further = new Set([...path, table]);
    for (const { parent } of table.foreignKeys) {
      const found = byName.get(parent);
      if (found !== undefined) visit(found, further);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table, new Set());
  return [...ordered];
}

/** The type's name without length and attributes. */
function typeName(type: string): string {
  return /^[a-z0-9]+/.exec(type)?.[0] ?? type;
}

/**
 * The value of a column in the n-th row. Rows of all tables have the same values in columns of one type, so that
 * foreign keys find their parents.
 */
function cellOf(
  column: ColumnDefinition,
  { foreignKeys, name }: TableDefinition,
  row: number,
  { tables }: DatabaseContents,
  form: TextForm,
): CellText {
  const key = foreignKeys.find(({ columns }) => columns.includes(column.name));
  if (key === undefined) return sampleValue(column, row, form);
  // A table that refers to itself has roots.
  if (key.parent === name && column.isNullable) return undefined;
  const parent = tables.get(key.parent);
  const wanted = key.parentColumns[key.columns.indexOf(column.name)];
  const at = parent?.columns.findIndex((each) => each.name === wanted) ?? -1;
  if (parent === undefined || at < 0 || parent.rows.length === 0)
    return sampleValue(column, row, form);
  return parent.rows[(row - 1) % parent.rows.length]?.[at];
}

function sampleValue({ type, maxBytes }: ColumnDefinition, row: number, form: TextForm): CellText {
  const name = typeName(type);
  switch (name) {
    case 'enum':
    case 'set':
      return firstMember(type);
    case 'tinyint':
    case 'bit':
      return name === 'bit' ? '01' : /^tinyint\(1\)/.test(type) ? String(row % 2) : String(row);
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'bigint':
      return String(row);
    case 'decimal':
      return decimalValue(type, row);
    case 'float':
    case 'double':
      return String(row);
    case 'year':
      return String(2000 + row);
    case 'date':
      return `2020-01-0${row}`;
    case 'datetime':
    case 'timestamp':
      return `2020-01-0${row} 00:00:0${row}`;
    case 'time':
      return `00:00:0${row}`;
    case 'json':
      return `{"n": ${row}}`;
    case 'uuid':
      return `00000000-0000-4000-8000-00000000000${row}`;
    case 'inet4':
      return `192.0.2.${row}`;
    case 'inet6':
      return `2001:db8::${row}`;
    case 'binary':
    case 'varbinary':
      return `${row}`.padStart(2, '0');
    case 'point':
      return `00000000010100000000000000000000${row}000000000000000${row}0`;
    default:
      return name.endsWith('blob') ? `${row}`.padStart(2, '0') : textValue(maxBytes, row, form);
  }
}

/** The first value of an enum, which is usually the plain one: a later one may mark what a migration has made. */
function firstMember(type: string): string {
  const [, member = ''] = /'((?:[^']|'')*)'/.exec(type) ?? [];
  return member.replaceAll("''", "'");
}

/** A number with as few digits before the point as the type has. */
function decimalValue(type: string, row: number): string {
  const [, digits = '10', scale = '0'] = /\((\d+)(?:,(\d+))?\)/.exec(type) ?? [];
  return Number(digits) > Number(scale) ? String(row) : `0.${row}`;
}

function textValue(maxBytes: number | undefined, row: number, form: TextForm): string {
  if (form === 'digits') return String(row);
  const text = `sample ${row}`;
  // Up to 4 bytes a character.
  return maxBytes !== undefined && maxBytes < text.length * 4 ? String(row) : text;
}
