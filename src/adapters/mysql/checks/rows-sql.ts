import { escapeId } from 'mysql2';
import { columnType } from '../../../core/safety/checks/column-type.ts';
import { MOST_COUNTED } from '../../../core/safety/checks/data-answer.ts';
import type { Question } from '../../../core/safety/checks/data-check.ts';
import type { KeyPart, RowCondition } from '../../../core/safety/checks/data-condition.ts';
import type { SessionFacts } from './session-facts.ts';
import { valueSql } from './value-sql.ts';

/** The rows of a table, as it will be, that meet a condition; their keys are selected. */
export function rowsSql({
  question: { key, columns },
  rows,
  table,
  facts,
}: {
  readonly question: Question;
  readonly rows: RowCondition;
  /** The table as a query with `key_0` and so on. */
  readonly table: string;
  readonly facts: SessionFacts;
}): string {
  const keys = key.length === 0 ? '1' : key.map((_, index) => `d.key_${index}`).join(', ');
  const select = `SELECT ${keys} FROM (${table}) AS d`;
  switch (rows.is) {
    case 'any row':
      return select;
    case 'rows beyond':
      return `SELECT ${keys} FROM (SELECT * FROM (${table}) AS a LIMIT ${rows.most}, ${MOST_COUNTED}) AS d`;
    case 'not true':
      return `${select} WHERE NOT (${rows.clause})`;
    case 'computed': {
      const after = columns.find((column) => column.after.name === rows.column)?.after;
      const family = after === undefined ? 'other' : columnType(after).family;
      const value = { sql: `d.${escapeId(rows.column, true)}`, family };
      return `${select} WHERE ${valueSql(rows.condition, value, facts)}`;
    }
    case 'duplicate': {
      const parts = rows.parts.map(partSql);
      const filled = parts.map((part) => `${part} IS NOT NULL`).join(' AND ');
      return `${select} WHERE ${filled} GROUP BY ${parts.join(', ')} HAVING COUNT(*) > 1`;
    }
    case 'orphan':
      return `${select} WHERE ${orphanSql(rows)}`;
    case 'outside partitions':
      return `${select} WHERE ${outsidePartitionsSql(rows)}`;
  }
}

function partSql({ column, length, expression }: KeyPart): string {
  if (column === undefined) return `(${expression ?? 'NULL'})`;
  const sql = `d.${escapeId(column.name, true)}`;
  return length === undefined ? sql : `LEFT(${sql}, ${length})`;
}

function orphanSql({
  columns,
  parent,
  parentColumns,
}: Extract<RowCondition, { is: 'orphan' }>): string {
  const own = columns.map((name) => `d.${escapeId(name, true)}`);
  const filled = own.map((sql) => `${sql} IS NOT NULL`).join(' AND ');
  // A parent that a pending migration creates has no rows.
  if (parent === undefined) return filled;
  const joined = own.map((sql, at) => `p.${escapeId(parentColumns[at] ?? '', true)} = ${sql}`);
  return `${filled} AND NOT EXISTS (SELECT 1 FROM ${escapeId(parent, true)} AS p WHERE ${joined.join(' AND ')})`;
}

/** NULL is below every bound, and in a list only if the list has it. */
function outsidePartitionsSql({
  method,
  expression,
  values,
}: Extract<RowCondition, { is: 'outside partitions' }>): string {
  if (method.startsWith('LIST')) {
    const listed = values.flatMap(atCommas);
    const known = listed.filter((value) => !/^null$/i.test(value));
    const isOther =
      known.length === 0
        ? `${expression} IS NOT NULL`
        : `${expression} NOT IN (${known.join(', ')})`;
    return known.length === listed.length ? `(${isOther} OR ${expression} IS NULL)` : isOther;
  }
  if (method === 'RANGE') return `(${expression}) >= ${values.at(-1)}`;
  const bounds = atCommas(values.at(-1) ?? '');
  const open = bounds.indexOf('MAXVALUE');
  const compared = open < 0 ? bounds : bounds.slice(0, open);
  const columns = expression.split(',').slice(0, compared.length);
  if (compared.length === 0) return 'FALSE';
  return `(${columns.join(', ')}) ${open < 0 ? '>=' : '>'} (${compared.join(', ')})`;
}

/** The parts of a list of literals. */
function atCommas(list: string): string[] {
  return list.match(/(?:'(?:[^']|'')*'|[^',])+/g)?.map((part) => part.trim()) ?? [];
}
