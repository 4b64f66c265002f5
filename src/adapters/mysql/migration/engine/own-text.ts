import type { Connection } from 'mysql2';
import type { SqlText } from '../../connection/sql-text.ts';
import type { SqlMode } from '../../sql/sql-mode.ts';

/**
 * A statement of ours with its values in it, whatever the session's `sql_mode`: the driver escapes with
 * backslashes, which NO_BACKSLASH_ESCAPES takes as they stand.
 */
export function ownText(connection: Connection, { sql, values }: SqlText, mode: SqlMode): string {
  if (values.length === 0) return sql;
  if (!mode.noBackslashEscapes) return connection.format(sql, [...values]);
  const left = [...values];
  // Names in backticks may hold a question mark.
  return sql.replace(/`(?:[^`]|``)*`|\?/g, (part) =>
    part === '?' ? literal(connection, left.shift()) : part,
  );
}

function literal(connection: Connection, value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (!Array.isArray(value)) return connection.escape(value);
  const isRows = Array.isArray(value[0]);
  return value
    .map((each) => (isRows ? `(${literal(connection, each)})` : literal(connection, each)))
    .join(', ');
}
