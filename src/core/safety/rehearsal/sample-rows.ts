import { enumMembers } from '../../text/enum-members.ts';
import type { ColumnDefinition, TableDefinition } from '../table-definition.ts';
import type { CellText, DatabaseContents } from './database-contents.ts';

/** Rows for one table, with the columns that they fill. */
export interface SampleRows {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly CellText[])[];
}

/** How the values of a sample look. */
export interface SampleForm {
  /** Texts as words, or as digits, which are also JSON. */
  readonly texts: 'words' | 'digits';
  /** Low values are those that migrations write themselves: 1, 2, 3 and the first of a list. */
  readonly values: 'low' | 'high';
}

/** Rows of each table: enough that an index may be unique or not, and an average differs from each value. */
const ROWS = 3;

/** The distance of high numbers from low ones. A TINYINT has room for them. */
const HIGH = 100;

/** Values of a row that are shown. */
const MOST_CELLS = 6;

/**
 * Makes a few rows for each table, parents before their children. Values are plain: distinct, short, not NULL, and
 * those of a foreign key exist in its parent. A table that has rows keeps them and gets none.
 */
export function sampleRows(
  tables: readonly TableDefinition[],
  contents: DatabaseContents,
  form: SampleForm,
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

/** The first row of a sample in words; values are made up, so they may be shown. */
export function sampleWords({ table, columns, rows: [row = []] }: SampleRows): string {
  const cells = columns.map(({ name }, at) => `${name} ${row[at] ?? 'NULL'}`);
  const shown = cells.slice(0, MOST_CELLS).join(', ');
  const more = cells.length > MOST_CELLS ? `, and ${cells.length - MOST_CELLS} more` : '';
  return `${table}: ${shown}${more}`;
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
  form: SampleForm,
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

function sampleValue(
  { type, maxBytes }: ColumnDefinition,
  row: number,
  { texts, values }: SampleForm,
): CellText {
  const name = typeName(type);
  const isLow = values === 'low';
  // One digit, for types that are short.
  const digit = isLow ? row : row + ROWS;
  const number = isLow ? row : row + HIGH;
  switch (name) {
    case 'enum':
    case 'set':
      return memberOf(type, isLow ? 0 : row);
    case 'bit':
      return isLow ? '01' : '00';
    case 'tinyint':
      return String(/^tinyint\(1\)/.test(type) ? digit % 2 : number);
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'bigint':
    case 'float':
    case 'double':
      return String(number);
    case 'decimal':
      return decimalValue(type, digit);
    case 'year':
      return String(2000 + number);
    case 'date':
      return `${isLow ? 2020 : 2021}-01-0${digit}`;
    case 'datetime':
    case 'timestamp':
      return `${isLow ? 2020 : 2021}-01-0${digit} 00:00:0${digit}`;
    case 'time':
      return `00:00:0${digit}`;
    case 'json':
      return `{"n": ${number}}`;
    case 'uuid':
      return `00000000-0000-4000-8000-00000000000${digit}`;
    case 'inet4':
      return `192.0.2.${number}`;
    case 'inet6':
      return `2001:db8::${number}`;
    case 'binary':
    case 'varbinary':
      return `${digit}`.padStart(2, '0');
    case 'point':
      return `00000000010100000000000000000000${digit}000000000000000${digit}0`;
    default:
      if (name.endsWith('blob')) return `${digit}`.padStart(2, '0');
      return textValue(maxBytes, texts === 'words' ? `sample ${number}` : `${number}`, digit);
  }
}

/** A value of an enum. The first is usually the plain one: a later one may mark what a migration has made. */
function memberOf(type: string, at: number): string {
  const members = enumMembers(type);
  return members[at % members.length] ?? '';
}

/** A number with as few digits before the point as the type has. */
function decimalValue(type: string, digit: number): string {
  const [, digits = '10', scale = '0'] = /\((\d+)(?:,(\d+))?\)/.exec(type) ?? [];
  return Number(digits) > Number(scale) ? String(digit) : `0.${digit}`;
}

function textValue(maxBytes: number | undefined, text: string, digit: number): string {
  // Up to 4 bytes a character.
  return maxBytes !== undefined && maxBytes < text.length * 4 ? String(digit) : text;
}
