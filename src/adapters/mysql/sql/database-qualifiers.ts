import { isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/** Words after which the name of a table or another object follows. */
const BEFORE_OBJECT = [
  'TABLE',
  'INTO',
  'JOIN',
  'REFERENCES',
  'VIEW',
  'TRIGGER',
  'PROCEDURE',
  'FUNCTION',
  'EVENT',
  'CALL',
  'LIKE',
  'EXISTS',
];

/** Functions that have FROM between their arguments. */
const WITH_FROM = ['EXTRACT', 'TRIM', 'SUBSTRING', 'SUBSTR', 'MID'];

/**
 * The positions of names of databases before the name of an object, as in `FROM other.orders`. Names before a
 * column, as in `orders.id`, are those of tables.
 */
export function databaseQualifiers(tokens: readonly SqlToken[]): number[] {
  const found = new Set<number>();
  const callers: (SqlToken | undefined)[] = [];
  for (const [index, token] of tokens.entries()) {
    if (isSymbol(token, '(')) callers.push(tokens[index - 1]);
    if (isSymbol(token, ')')) callers.pop();
    if (!precedesObject(tokens, index, callers.at(-1))) continue;
    for (let at = index + 1; ; ) {
      const [name, dot, object] = [tokens[at], tokens[at + 1], tokens[at + 2]];
      const isQualified = isName(name) && isSymbol(dot, '.') && isName(object);
      if (isQualified) found.add(at);
      // `FROM a, b.c` and `RENAME TABLE a TO b.c`.
      const next = at + (isQualified ? 3 : 1);
      const follows = isSymbol(tokens[next], ',') || isWord(tokens[next], 'TO');
      if (!isName(name) || !follows) break;
      at = next + 1;
    }
  }
  return [...found];
}

function precedesObject(
  tokens: readonly SqlToken[],
  at: number,
  caller: SqlToken | undefined,
): boolean {
  const token = tokens[at];
  if (isWord(token, ...BEFORE_OBJECT)) return true;
  if (isWord(token, 'FROM')) {
    return !isWord(caller, ...WITH_FROM) && !isWord(tokens[at - 1], 'DISTINCT');
  }
  if (isWord(token, 'UPDATE')) return at === 0;
  const isOfIndex = isWord(tokens[0], 'CREATE', 'DROP') && at < 12;
  return (
    isOfIndex && isWord(token, 'ON') && tokens.some((each) => isWord(each, 'INDEX', 'TRIGGER'))
  );
}

/** Whether a token can be the name of an object. */
export function isName(token: SqlToken | undefined): token is SqlToken {
  return token?.kind === 'name' || token?.kind === 'word';
}
