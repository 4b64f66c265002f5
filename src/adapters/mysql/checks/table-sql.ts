import { escapeId } from 'mysql2';
import { columnType } from '../../../core/safety/checks/column-type.ts';
import type {
  ColumnSource,
  Question,
  SourcedColumn,
} from '../../../core/safety/checks/data-check.ts';
import type { ColumnDefinition } from '../../../core/safety/table-definition.ts';

/** Characters of a key's value that are shown. */
const MOST_OF_KEY = 60;

/** The value of a column from the tenant's table `t`. */
export function sourceSql(source: ColumnSource): string {
  switch (source.is) {
    case 'column':
      return `t.${escapeId(source.name, true)}`;
    case 'default':
      return `(${source.definition.defaultSql ?? 'NULL'})`;
    case 'changed':
      return 'NULL';
  }
}

/** A part of a row's key, as text. */
export function keySql({ name, type }: ColumnDefinition): string {
  const sql = `t.${escapeId(name, true)}`;
  if (/^(?:binary|varbinary|\w*blob)\b/.test(type)) return `HEX(LEFT(${sql}, ${MOST_OF_KEY / 2}))`;
  return type.startsWith('bit')
    ? `CAST(${sql} + 0 AS CHAR)`
    : `LEFT(CAST(${sql} AS CHAR), ${MOST_OF_KEY})`;
}

/**
 * The tenant's table as it will be after the statement: a query with the columns by their names then, and the
 * parts of the key as `key_0` and so on. Generated columns that the tenant lacks are computed.
 */
export function tableSql({ table, columns, key }: Question): string {
  const isComputed = ({ after, source }: SourcedColumn) =>
    after.generated !== undefined &&
    !(source.is === 'column' && source.definition.expression === after.expression);
  const plain = columns.filter((column) => !isComputed(column));
  const selected = [
    ...plain.map((column) => `${convertedSql(column)} AS ${escapeId(column.after.name, true)}`),
    ...key.map((column, index) => `${keySql(column)} AS key_${index}`),
  ];
  const inner = `SELECT ${selected.join(', ')} FROM ${escapeId(table, true)} AS t`;
  // A generated column may use those before it.
  return columns
    .filter(isComputed)
    .reduce(
      (query, { after }) =>
        `SELECT g.*, (${after.expression ?? 'NULL'}) AS ${escapeId(after.name, true)} FROM (${query}) AS g`,
      inner,
    );
}

/** A value as the new definition of its column holds it, as far as comparisons see a difference. */
function convertedSql({ after, source }: SourcedColumn): string {
  const sql = sourceSql(source);
  const before = source.is === 'changed' ? undefined : source.definition;
  if (before === undefined) return sql;
  const [from, to] = [columnType(before), columnType(after)];
  if (to.family === 'text') {
    const text = from.family === 'text' ? sql : `CAST(${sql} AS CHAR)`;
    const isSame = source.is === 'column' && before.collation === after.collation;
    if (isSame || after.collation === undefined) return text;
    return `CONVERT(${text} USING ${after.charset}) COLLATE ${after.collation}`;
  }
  if (from.family === to.family && from.family !== 'decimal') return sql;
  switch (to.family) {
    case 'integer':
      return from.family === 'text' ? `ROUND(CAST(${sql} AS DECIMAL(65,10)))` : `ROUND(${sql})`;
    case 'decimal':
      return from.family === 'text'
        ? `ROUND(CAST(${sql} AS DECIMAL(65,30)), ${to.scale})`
        : `ROUND(${sql}, ${to.scale})`;
    case 'date':
      return `DATE(${sql})`;
    default:
      return sql;
  }
}
