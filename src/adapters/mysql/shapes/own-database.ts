import { databaseQualifiers, isName } from '../sql/database-qualifiers.ts';
import type { SqlMode } from '../sql/sql-mode.ts';
import { isSymbol, isWord, type SqlToken, sqlTokens } from '../sql/sql-tokens.ts';

/**
 * A definition without the name of its own database before its objects. Without it they are looked up in the
 * definition's database, which is the same.
 */
export function withoutOwnDatabase(sql: string, database: string, mode: SqlMode): string {
  if (!sql.toLowerCase().includes(database.toLowerCase())) return sql;
  const tokens = sqlTokens(sql, mode);
  const places = new Set(databaseQualifiers(tokens));
  let text = '';
  let end = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.text.toLowerCase() !== database.toLowerCase() || !isName(token)) continue;
    const object = tokens[at + 2];
    if (!places.has(at) && !qualifiesByForm(tokens, at)) continue;
    if (object === undefined) continue;
    text += sql.slice(end, token.start);
    end = object.start;
  }
  return text + sql.slice(end);
}

/**
 * `database.table.column`, `database.function(…)`, `nextval(database.sequence)`, and `UPDATE database.table` within a
 * program.
 */
function qualifiesByForm(tokens: readonly SqlToken[], at: number): boolean {
  const isBefore = isSymbol(tokens[at + 1], '.') && isName(tokens[at + 2]);
  if (!isBefore || isSymbol(tokens[at - 1], '.')) return false;
  const after = tokens[at + 3];
  const isUpdated = isWord(tokens[at - 1], 'UPDATE', 'LOW_PRIORITY', 'IGNORE');
  const isSequence = isSymbol(tokens[at - 1], '(') && isWord(tokens[at - 2], ...OF_SEQUENCES);
  return (
    isSymbol(after, '.') || isSymbol(after, '(') || isUpdated || isSequence || isLibrary(tokens, at)
  );
}

/** `USING (database.library, …)` of a program in JavaScript. */
function isLibrary(tokens: readonly SqlToken[], at: number): boolean {
  const open = tokens.slice(0, at).findLastIndex((token) => isSymbol(token, '('));
  return isWord(tokens[open - 1], 'USING') && !tokens.slice(open, at).some(isClosing);
}

function isClosing(token: SqlToken): boolean {
  return isSymbol(token, ')');
}

/** Functions of MariaDB that take the name of a sequence. */
const OF_SEQUENCES = ['NEXTVAL', 'LASTVAL', 'SETVAL'];
