import { areWords, isSymbol, isWord, type SqlToken, sqlTokens } from '../sql/sql-tokens.ts';

/** A `CREATE TABLE` without its foreign keys to other databases, and the names of these keys. */
export function crossDatabaseKeys(sql: string): { sql: string; leftOut: string[] } {
  const tokens = sqlTokens(sql);
  const leftOut: string[] = [];
  let text = '';
  let end = 0;
  for (const [begin, next] of constraints(tokens)) {
    const key = tokens.slice(begin, next);
    const at = key.findIndex((token) => isWord(token, 'REFERENCES'));
    if (at < 0 || !isSymbol(key[at + 2], '.')) continue;
    leftOut.push(`${key[1]?.text} to ${key[at + 1]?.text}.${key[at + 3]?.text}`);
    // With the comma before it: a table has a column before its first key.
    text += sql.slice(end, tokens[begin - 1]?.start);
    end = tokens[next - 1]?.end ?? end;
  }
  return { sql: text + sql.slice(end), leftOut };
}

/** The first token of each `CONSTRAINT … FOREIGN KEY` and the first one after it. */
function* constraints(tokens: readonly SqlToken[]): Generator<[begin: number, next: number]> {
  let depth = 0;
  let begin: number | undefined;
  for (const [at, token] of tokens.entries()) {
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
    const isEnd = depth === 0 || (depth === 1 && isSymbol(token, ','));
    if (begin !== undefined && isEnd) {
      yield [begin, at];
      begin = undefined;
    }
    if (depth === 1 && isWord(token, 'CONSTRAINT') && areWords(tokens, at + 2, 'FOREIGN', 'KEY')) {
      begin = at;
    }
  }
}
