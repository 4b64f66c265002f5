import { escapeId } from 'mysql2';
import { columnType } from '../../../core/safety/checks/column-type.ts';
import { MOST_COUNTED } from '../../../core/safety/checks/data-answer.ts';
import type { ColumnSource, Question } from '../../../core/safety/checks/data-check.ts';
import type { ColumnDefinition } from '../../../core/safety/table-definition.ts';
import { rowsSql } from './rows-sql.ts';
import type { SessionFacts } from './session-facts.ts';
import { keySql, sourceSql, tableSql } from './table-sql.ts';
import { valueSql } from './value-sql.ts';

/**
 * The query that counts rows which meet a condition, up to a bound, with the key of one of them. It has a row if
 * there is one.
 */
export function questionSql(question: Question, facts: SessionFacts): string {
  const { key, condition } = question;
  const found =
    condition.of === 'value'
      ? valueQuery(question, condition, facts)
      : rowsSql({ question, rows: condition.rows, table: tableSql(question), facts });
  const names = key.map((_, index) => `found.key_${index}`);
  return `${[...names, 'COUNT(*) OVER () AS rows_found'].join(', ')} FROM (${found} LIMIT ${MOST_COUNTED}) AS found LIMIT 1`;
}

function valueQuery(
  { table, key }: Question,
  { source, value }: Extract<Question['condition'], { of: 'value' }>,
  facts: SessionFacts,
): string {
  const where = valueSql(value, { sql: sourceSql(source), family: familyOf(source) }, facts);
  return `SELECT ${keyColumns(key)} FROM ${escapeId(table, true)} AS t WHERE ${where}`;
}

function keyColumns(key: readonly ColumnDefinition[]): string {
  if (key.length === 0) return '1';
  return key.map((column, index) => `${keySql(column)} AS key_${index}`).join(', ');
}

function familyOf(source: ColumnSource): string {
  return source.is === 'changed' ? 'other' : columnType(source.definition).family;
}
