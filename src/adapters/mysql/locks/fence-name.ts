import { createHash } from 'node:crypto';

/** Longest name that MySQL takes for an advisory lock, in characters. */
const LONGEST = 64;

/**
 * Name of a database's fence. Lock names are server-wide, compared without case by MySQL but not by
 * every MariaDB, limited to 64 characters and best kept in ASCII; so it is lower-cased, and a name
 * that is longer or not ASCII is replaced by its SHA-256.
 */
export function fenceName(database: string): string {
  const name = `fanfold:${database.toLowerCase()}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what ASCII means
  if (name.length <= LONGEST && /^[\x00-\x7f]*$/.test(name)) return name;
  return `fanfold:${createHash('sha256').update(name).digest('hex')}`.slice(0, LONGEST);
}
