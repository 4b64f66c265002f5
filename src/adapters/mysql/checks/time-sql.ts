import type { SessionFacts } from './session-facts.ts';
import { textSql } from './text-sql.ts';

/** MariaDB from 11.5 on keeps 32 bits without a sign. */
const MARIADB_11_5 = 11_005_000;
const LAST_SECOND = 2_147_483_647;
const LAST_SECOND_UNSIGNED = 4_294_967_295;

const DAY = '([0-9]{6}|[0-9]{8}|[0-9]{12}|[0-9]{14}|[0-9]{1,4}[-/.:][0-9]{1,2}[-/.:][0-9]{1,2})';
const CLOCK = '[0-9]{1,2}(:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]*)?)?)?';
const OFFSET = '([-+][0-9]{2}:[0-9]{2})?';

/** Values that the server does not read as a date, a time or a year. */
export function notATimeSql(
  as: 'date' | 'datetime' | 'time' | 'year',
  { sql, isText }: { readonly sql: string; readonly isText: boolean },
  facts: SessionFacts,
): string {
  const text = textSql(sql);
  if (as === 'year') {
    const isYear = `(${sql} BETWEEN 0 AND 99 OR ${sql} BETWEEN 1901 AND 2155)`;
    return isText ? `NOT (${text} REGEXP '^[0-9]{1,4}$' AND ${isYear})` : `NOT ${isYear}`;
  }
  if (as === 'time') {
    const empty = facts.isMariaDb ? '' : `${text} <> '' AND `;
    const form = '^-?([0-9]{1,3}:[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]*)?)?|[0-9]{1,6}([.][0-9]*)?)$';
    const hours = `CAST(SUBSTRING_INDEX(${text}, ':', 1) AS SIGNED) NOT BETWEEN -838 AND 838`;
    return `${empty}(${text} NOT REGEXP '${form}' OR (${text} LIKE '%:%' AND ${hours}))`;
  }
  // MySQL reads an offset from UTC, and MariaDB refuses it.
  const offset = as === 'datetime' && !facts.isMariaDb ? OFFSET : '';
  const form = `^[[:space:]]*${DAY}([ T]+${CLOCK}${offset})?[[:space:]]*$`;
  const read = `CAST(${sql} AS DATETIME(6))`;
  const conditions = [
    `(${read} IS NULL)`,
    ...(isText ? [`${text} NOT REGEXP '${form}'`] : []),
    zeroDateSql(read, 'any', facts),
  ];
  return `${sql} IS NOT NULL AND (${conditions.join(' OR ')})`;
}

/** Dates beyond TIMESTAMP, and local times that the session's time zone skips. */
export function timestampSql(sql: string, { isMariaDb, number, mode }: SessionFacts): string {
  const last = isMariaDb && number >= MARIADB_11_5 ? LAST_SECOND_UNSIGNED : LAST_SECOND;
  // MariaDB has NULL for a date that is out of range, and MySQL has 0.
  const seconds = `COALESCE(UNIX_TIMESTAMP(${sql}), 0)`;
  const isSkipped = `FROM_UNIXTIME(${seconds}) <> ${sql}`;
  const zero = mode.refusesZeroDates ? '' : ` AND NOT (${sql} LIKE '0000-00-00%')`;
  return `${sql} IS NOT NULL${zero} AND (${seconds} < 1 OR ${seconds} >= ${last + 1} OR COALESCE(${isSkipped}, FALSE))`;
}

/** Zero dates that the mode refuses; FALSE if it takes them. */
export function zeroDateSql(
  sql: string,
  parts: 'whole' | 'any',
  { mode: { refusesZeroDates, refusesZeroInDates } }: SessionFacts,
): string {
  const isZero = `${sql} LIKE '0000-00-00%'`;
  const hasZero = `(${sql} LIKE '____-00-%' OR ${sql} LIKE '____-__-00%')`;
  const conditions = [
    ...(refusesZeroDates ? [isZero] : []),
    ...(refusesZeroInDates && parts === 'any' ? [`(${hasZero} AND NOT ${isZero})`] : []),
  ];
  return conditions.length === 0 ? 'FALSE' : `(${conditions.join(' OR ')})`;
}
