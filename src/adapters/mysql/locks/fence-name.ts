import { createHash } from 'node:crypto';

/** The maximum length of an advisory lock's name on MySQL, in characters. */
const LONGEST = 64;

/** Characters that need no escaping in a quoted SQL text under any sql_mode. */
const PLAIN = /^[\w$ :.,@+-]*$/;

/**
 * The name of a database's fence. Lock names are server-wide, limited to 64 characters, and compared without
 * case by MySQL but not by every MariaDB. The name is therefore lower-cased, and replaced by its SHA-256 if it
 * is too long, not ASCII or needs escaping.
 */
export function fenceName(database: string): string {
  const name = `fanfold:${database.toLowerCase()}`;
  if (name.length <= LONGEST && PLAIN.test(name)) return name;
  return `fanfold:${createHash('sha256').update(name).digest('hex')}`.slice(0, LONGEST);
}
