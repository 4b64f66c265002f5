import type { Connection } from 'mysql2';
import type { SqlText } from '../../connection/sql-text.ts';
import type { SqlMode } from '../../sql/sql-mode.ts';

/**
 * Inserts the values into one of Fanfold's statements, correctly under every `sql_mode`: the driver escapes with
 * backslashes, which are ordinary characters under NO_BACKSLASH_ESCAPES.
 */
export function ownText(connection: Connection, { sql, values }: SqlText, mode: SqlMode): string {
  if (values.length === 0) return sql;
  if (!mode.noBackslashEscapes) return connection.format(sql, [...values]);
  const left = [...values];
  // Names in backticks may contain a question mark.
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
