import { isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/**
 * The position of the query from which a CREATE TABLE takes rows: `… [AS] SELECT`, `WITH … SELECT`, `TABLE other` or
 * `VALUES ROW(…)`, with or without brackets; -1 if it takes none. Elsewhere CREATE TABLE has none of these words, but
 * for VALUES in partitions and WITH in options (`WITH PARSER`, `WITH SYSTEM VERSIONING`).
 *
 * @param from position of the first token after the words CREATE TABLE
 */
export function queryOfTable(tokens: readonly SqlToken[], from: number): number {
  return tokens.findIndex((token, at) => at >= from && beginsQuery(token, tokens, at));
}

function beginsQuery(token: SqlToken, tokens: readonly SqlToken[], at: number): boolean {
  if (isWord(token, 'VALUES')) return !isWord(tokens[at + 1], 'LESS', 'IN');
  if (isWord(token, 'WITH')) return namesQuery(tokens, at + 1);
  return isWord(token, 'SELECT', 'TABLE');
}

/** Whether `name AS (…)`, `name (column) AS (…)` or RECURSIVE follows. */
function namesQuery(tokens: readonly SqlToken[], at: number): boolean {
  const afterName = tokens[at + 1];
  return isWord(tokens[at], 'RECURSIVE') || isWord(afterName, 'AS') || isSymbol(afterName, '(');
}
