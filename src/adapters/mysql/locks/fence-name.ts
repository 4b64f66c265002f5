import { createHash } from 'node:crypto';

/** Longest name that MySQL takes for an advisory lock, in characters. */
const LONGEST = 64;

/** Characters that need no escaping in a quoted SQL text, whatever the session's sql_mode. */
const PLAIN = /^[\w$ :.,@+-]*$/;

/**
 * Name of a database's fence. Lock names are server-wide, compared without case by MySQL but not by
 * every MariaDB, limited to 64 characters and best kept in ASCII; so it is lower-cased, and a name
 * that is longer, not ASCII or would have to be escaped is replaced by its SHA-256.
 */
export function fenceName(database: string): string {
  const name = `fanfold:${database.toLowerCase()}`;
  if (name.length <= LONGEST && PLAIN.test(name)) return name;
  return `fanfold:${createHash('sha256').update(name).digest('hex')}`.slice(0, LONGEST);
}
