import { escape as quoted } from 'mysql2';
import type { ValueCondition } from '../../../core/safety/checks/data-condition.ts';
import type { SessionFacts } from './session-facts.ts';
import { textSql } from './text-sql.ts';
import { notATimeSql, timestampSql, zeroDateSql } from './time-sql.ts';

/** A value in SQL, and the family of its type. */
export interface SqlValue {
  readonly sql: string;
  readonly family: string;
}

const SPACE = '[[:space:]]*';
const WHOLE = `^${SPACE}[-+]?[0-9]+${SPACE}$`;
const NUMBER = `^${SPACE}[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]*)?${SPACE}$`;
const DIGITS = '^[0-9]+$';

/** A condition on a value as SQL, under the rules of the server that is asked. */
export function valueSql(condition: ValueCondition, value: SqlValue, facts: SessionFacts): string {
  const { sql, family } = value;
  switch (condition.is) {
    case 'null':
      return `${sql} IS NULL`;
    case 'outside':
      return outsideSql(condition, value);
    case 'rounded': {
      if (condition.inText) {
        const number = numberSql(sql);
        return `${textSql(sql)} REGEXP '${NUMBER}' AND ${number} <> ROUND(${number}, ${condition.digits})`;
      }
      if (family !== 'float' && family !== 'double')
        return `${sql} <> ROUND(${sql}, ${condition.digits})`;
      const precision = family === 'float' ? '1e-6' : '1e-15';
      return `ABS(${sql} - ROUND(${sql}, ${condition.digits})) > ABS(${sql}) * ${precision}`;
    }
    case 'imprecise':
      return `${significantDigits(sql)} > ${condition.as === 'float' ? 6 : 15}`;
    case 'longer':
      return longerSql(condition, value);
    case 'shorter':
      return `LENGTH(${sql}) < ${condition.least}`;
    case 'ends in spaces':
      return `${sql} LIKE '% '`;
    case 'not a number':
      return `${textSql(sql)} NOT REGEXP '${condition.as === 'integer' ? WHOLE : NUMBER}'`;
    case 'not a time':
      return notATimeSql(condition.as, { sql, isText: isText(family) }, facts);
    case 'not json':
      return `NOT JSON_VALID(${sql})`;
    case 'not listed':
      return notListedSql(condition, value);
    case 'not a set': {
      const one = `(${condition.values.map(asPattern).join('|')})`;
      const most = 2n ** BigInt(condition.values.length) - 1n;
      return `${sql} <> '' AND ${textSql(sql)} NOT REGEXP ${quoted(`^${one}(,${one})*$`)}
        AND NOT (${textSql(sql)} REGEXP '${DIGITS}' AND CAST(${sql} AS UNSIGNED) <= ${most})`;
    }
    case 'a position':
      return `${isPosition(sql, condition.least, condition.values.length)} AND NOT (${textSql(sql)} IN (${listSql(condition.values)}))`;
    case 'removed from set':
      return `(${sql} + 0) & ${condition.positions.reduce((mask, at) => mask | (1n << BigInt(at)), 0n)} <> 0`;
    case 'not in charset':
      return `HEX(CONVERT(CONVERT(${sql} USING ${condition.charset}) USING utf8mb4)) <> HEX(CONVERT(${sql} USING utf8mb4))`;
    case 'invalid text':
      return `${sql} IS NOT NULL AND COALESCE(HEX(CONVERT(${sql} USING ${condition.charset})) <> HEX(${sql}), TRUE)`;
    case 'not a timestamp':
      return timestampSql(sql, facts);
    case 'has a time of day':
      return `TIME(${sql}) <> '00:00:00'`;
    case 'has fractions of seconds':
      return `MICROSECOND(${sql}) % ${10 ** (6 - condition.digits)} <> 0`;
    case 'zero date':
      return zeroDateSql(sql, condition.parts, facts);
    case 'zero':
      return facts.mode.keepsZero ? 'FALSE' : `${sql} = 0`;
    case 'empty text':
      return `LENGTH(${sql}) = 0`;
    case 'any value':
      return `${sql} IS NOT NULL`;
  }
}

function isText(family: string): boolean {
  return family === 'text' || family === 'bytes';
}

function numberSql(sql: string): string {
  return `CAST(TRIM(${textSql(sql)}) AS DECIMAL(65,30))`;
}

function outsideSql(
  { least, most, digits, rounding, inText }: Extract<ValueCondition, { is: 'outside' }>,
  { sql, family }: SqlValue,
): string {
  if (digits < 0) {
    const isNumber = inText ? `${textSql(sql)} REGEXP '${NUMBER}' AND ` : '';
    return `${isNumber}(${sql} + 0e0 < ${least} OR ${sql} + 0e0 > ${most})`;
  }
  if (inText) {
    return `${textSql(sql)} REGEXP '${NUMBER}' AND ROUND(${numberSql(sql)}, ${digits}) NOT BETWEEN ${least} AND ${most}`;
  }
  // The greatest integers are odd and the smallest ones even, to which a half is rounded.
  if (rounding === 'even') return `(${sql} < ${least} - 0.5 OR ${sql} >= ${most}.5)`;
  if (family === 'integer') return `${sql} NOT BETWEEN ${least} AND ${most}`;
  const isBinary = family === 'float' || family === 'double';
  const exact = isBinary
    ? `CAST(${sql} AS DECIMAL(65,30))`
    : family === 'decimal'
      ? sql
      : `(${sql} + 0)`;
  return `ROUND(${exact}, ${digits}) NOT BETWEEN ${least} AND ${most}`;
}

/** The number of digits of a number without zeros at its ends. */
function significantDigits(sql: string): string {
  const mantissa = `SUBSTRING_INDEX(CAST(${sql} AS CHAR), 'e', 1)`;
  return `CHAR_LENGTH(TRIM(BOTH '0' FROM REPLACE(REPLACE(${mantissa}, '-', ''), '.', '')))`;
}

function longerSql(
  { most, unit, charset, spaces }: Extract<ValueCondition, { is: 'longer' }>,
  { sql, family }: SqlValue,
): string {
  const own = isText(family) ? sql : `CAST(${sql} AS CHAR)`;
  const text = charset === undefined ? own : `CONVERT(${own} USING ${charset})`;
  const length = (of: string) => `${unit === 'bytes' ? 'LENGTH' : 'CHAR_LENGTH'}(${of}) > ${most}`;
  const trimmed = `TRIM(TRAILING ' ' FROM ${text})`;
  if (spaces === 'count') return length(text);
  return spaces === 'ignored' ? length(trimmed) : `${length(text)} AND NOT ${length(trimmed)}`;
}

function notListedSql(
  { values, collation, positionsFrom }: Extract<ValueCondition, { is: 'not listed' }>,
  { sql, family }: SqlValue,
): string {
  const charset = collation?.split('_')[0] ?? 'utf8mb4';
  const text = `CONVERT(${sql} USING ${charset})`;
  const compared = collation === undefined ? text : `${text} COLLATE ${collation}`;
  const isOther = `TRIM(TRAILING ' ' FROM ${compared}) NOT IN (${listSql(values)})`;
  // The empty value that stands for an error stays as it is.
  if (family === 'enum') return `(${sql} + 0) > 0 AND ${isOther}`;
  if (positionsFrom === undefined) return isOther;
  return `${isOther} AND NOT (${isPosition(sql, positionsFrom, values.length)})`;
}

function isPosition(sql: string, least: number, most: number): string {
  return `(${textSql(sql)} REGEXP '${DIGITS}' AND CAST(${sql} AS UNSIGNED) BETWEEN ${least} AND ${most})`;
}

function listSql(values: readonly string[]): string {
  return values.length === 0 ? "''" : values.map((value) => quoted(value)).join(', ');
}

/** A text as a regular expression that both servers read. */
function asPattern(text: string): string {
  return text.replace(/[^\p{L}\p{N} ]/gu, '\\$&');
}
