import { isSymbol, isWord, type SqlToken, sqlTokens } from './sql-tokens.ts';

/** One of the statements of an SQL text, with its share of the bindings. */
export interface SqlPart {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  /** Holds several statements that could not be told apart; runs as a whole. */
  readonly several: boolean;
}

/**
 * Splits an SQL text at the semicolons that end statements: not those in strings, comments and bodies
 * of routines. What cannot be told apart, such as a body without BEGIN, stays one part with all that
 * follows it.
 */
export function splitStatements(sql: string, bindings: readonly unknown[] = []): SqlPart[] {
  // Nearly every query; reading all tokens of a large INSERT costs.
  if (!sql.includes(';')) return [{ sql, bindings, several: false }];
  const tokens = sqlTokens(sql);
  const parts: SqlPart[] = [];
  let from = 0;
  let used = 0;
  for (let first = 0; first < tokens.length; ) {
    const { end, several } = endOfStatement(tokens, first);
    if (end > first) {
      const text = sql.slice(from, tokens[end]?.start).trim();
      const own = bindings.slice(used, used + placeholders(tokens.slice(first, end)));
      used += own.length;
      parts.push({ sql: text, bindings: own, several });
    }
    from = tokens[end]?.end ?? sql.length;
    first = end + 1;
  }
  return parts.length > 1 ? parts : [{ sql, bindings, several: parts[0]?.several === true }];
}

/** The index of the token that ends the statement, or the count of tokens. */
function endOfStatement(
  tokens: readonly SqlToken[],
  first: number,
): { end: number; several: boolean } {
  const hasBody = isCompound(tokens, first);
  let depth = 0;
  let hasBlock = false;
  for (let at = first; at < tokens.length; at++) {
    const token = tokens[at] as SqlToken;
    if (isSymbol(token, ';') && depth === 0) return { end: at, several: false };
    if (!hasBody) continue;
    if (isWord(token, 'BEGIN', 'CASE')) {
      depth++;
      hasBlock = true;
    } else if (
      isWord(token, 'END') &&
      !isWord(tokens[at + 1], 'IF', 'LOOP', 'WHILE', 'REPEAT', 'FOR')
    ) {
      // The other blocks end with their name, and are inside of a BEGIN.
      if (isWord(tokens[at + 1], 'CASE')) at++;
      depth--;
    } else if (!hasBlock && isWord(token, 'THEN', 'LOOP', 'WHILE', 'REPEAT', 'DO')) {
      return { end: tokens.length, several: true };
    }
  }
  return { end: tokens.length, several: depth > 0 };
}

/** Whether a statement may have a body with statements of its own. */
function isCompound(tokens: readonly SqlToken[], first: number): boolean {
  if (isWord(tokens[first], 'BEGIN')) return isWord(tokens[first + 1], 'NOT');
  if (!isWord(tokens[first], 'CREATE', 'ALTER')) return false;
  for (let at = first + 1; at < first + 20 && at < tokens.length; at++) {
    if (isWord(tokens[at], 'PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT', 'PACKAGE')) return true;
    if (isWord(tokens[at], 'TABLE', 'VIEW', 'INDEX', 'DATABASE')) return false;
  }
  return false;
}

/** How many bindings the driver puts into these: one for `?` and `??`, none for more. */
function placeholders(tokens: readonly SqlToken[]): number {
  let count = 0;
  for (let at = 0; at < tokens.length; at++) {
    const { kind, text } = tokens[at] as SqlToken;
    if (kind !== 'symbol') continue;
    if (text.startsWith('/*')) count += text.split('?').length - 1;
    if (text !== '?') continue;
    const from = at;
    while (isSymbol(tokens[at + 1], '?') && tokens[at + 1]?.start === tokens[at]?.end) at++;
    if (at - from < 2) count++;
  }
  return count;
}
