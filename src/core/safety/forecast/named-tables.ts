import type { StatementWords } from '../recording.ts';

/** Words after which a table is named. `ON` belongs to CREATE INDEX and DROP INDEX. */
const BEFORE_TABLE = new Set(['FROM', 'INTO', 'JOIN', 'ON', 'TABLE', 'TABLES', 'UPDATE']);
/** Words that may come between them and the name. */
const BETWEEN = new Set(['IF', 'EXISTS', 'NOT', 'IGNORE', 'LOW_PRIORITY', 'ONLY', 'LOCAL']);

/**
 * The tables that a statement names, of those that exist. A column may have the name of a table, so only the places
 * of tables are looked at.
 *
 * @param existing names of tables, by their name in lower case
 */
export function namedTables(
  { tokens }: StatementWords,
  existing: ReadonlyMap<string, string>,
): string[] {
  const found = new Set<string>();
  let isPlace = false;
  for (const [index, token] of tokens.entries()) {
    const name = existing.get(withoutQuotes(token).toLowerCase());
    const isPrefix = tokens[index + 1] === '.';
    if (isPlace && name !== undefined && !isPrefix) found.add(name);
    isPlace =
      BEFORE_TABLE.has(token) ||
      (isPlace && (BETWEEN.has(token) || isPrefix || token === '.')) ||
      // `UPDATE a, b SET` and `FROM a, b` name several.
      (token === ',' && isTable(tokens[index - 1], existing));
  }
  return [...found];
}

function isTable(token: string | undefined, existing: ReadonlyMap<string, string>): boolean {
  return token !== undefined && existing.has(withoutQuotes(token).toLowerCase());
}

function withoutQuotes(token: string): string {
  return token.startsWith('`') ? token.slice(1, -1) : token;
}
