import { isSymbol, isWord, type SqlToken } from '../sql/sql-tokens.ts';

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
 * The databases besides `own` that a statement names before an object, as in `other.orders`. `information_schema`
 * only describes, so it does not count. Names before a column, as in `orders.id`, are those of tables.
 */
export function otherDatabases(tokens: readonly SqlToken[], own: string): string[] {
  const names = new Set<string>();
  const callers: (SqlToken | undefined)[] = [];
  for (const [index, token] of tokens.entries()) {
    if (isSymbol(token, '(')) callers.push(tokens[index - 1]);
    if (isSymbol(token, ')')) callers.pop();
    if (!precedesObject(tokens, index, callers.at(-1))) continue;
    for (let at = index + 1; ; ) {
      const [name, dot, object] = [tokens[at], tokens[at + 1], tokens[at + 2]];
      const isQualified = isName(name) && isSymbol(dot, '.') && isName(object);
      if (isQualified && isOther(name.text, own)) names.add(name.text);
      // `FROM a, b.c` and `RENAME TABLE a TO b.c`.
      const next = at + (isQualified ? 3 : 1);
      const follows = isSymbol(tokens[next], ',') || isWord(tokens[next], 'TO');
      if (!isName(name) || !follows) break;
      at = next + 1;
    }
  }
  return [...names];
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

function isName(token: SqlToken | undefined): token is SqlToken {
  return token?.kind === 'name' || token?.kind === 'word';
}

function isOther(name: string, own: string): boolean {
  const lower = name.toLowerCase();
  return lower !== own.toLowerCase() && lower !== 'information_schema';
}
