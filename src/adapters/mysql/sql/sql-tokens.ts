/** A piece of SQL that means something; comments and blanks are none. */
export interface SqlToken {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol';
  /** As written; a quoted name without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Comments, strings with their prefixes, quoted names, words, numbers, single characters. What is not
 * closed reaches to the end, as for the server. An executable comment is one symbol: what is in it
 * depends on the server's version.
 */
const TOKENS = new RegExp(
  [
    '/\\*[\\s\\S]*?(?:\\*/|$)|#[^\\n]*|--(?=[\\s\\x00]|$)[^\\n]*',
    '(?:[xXbBnN]|_[a-zA-Z0-9]+)?\'(?:[^\'\\\\]|\\\\[\\s\\S]|\'\')*(?:\'|$)|"(?:[^"\\\\]|\\\\[\\s\\S]|"")*(?:"|$)',
    '`(?:[^`]|``)*(?:`|$)',
    '@{0,2}[A-Za-z_$\\u0080-\\uFFFF][\\w$\\u0080-\\uFFFF]*',
    '[0-9][\\w.]*',
    '\\S',
  ].join('|'),
  'g',
);

/**
 * The tokens of an SQL text in order, at most so many. Backslashes escape, as they do unless a server
 * is told otherwise.
 */
export function sqlTokens(sql: string, most = Number.POSITIVE_INFINITY): SqlToken[] {
  const tokens: SqlToken[] = [];
  TOKENS.lastIndex = 0;
  while (tokens.length < most) {
    const [text] = TOKENS.exec(sql) ?? [];
    if (text === undefined) break;
    const end = TOKENS.lastIndex;
    const kind = kindOfToken(text);
    if (kind === 'comment') continue;
    tokens.push({
      kind,
      text: kind === 'name' ? unquoted(text) : text,
      start: end - text.length,
      end,
    });
  }
  // The expression is shared: the next text begins at its beginning.
  TOKENS.lastIndex = 0;
  return tokens;
}

const WORD = /[A-Za-z_$@\u0080-\uFFFF]/;

/** Told by how it begins and ends, which is quicker than groups of the expression. */
function kindOfToken(text: string): SqlToken['kind'] | 'comment' {
  const first = text[0] as string;
  if (first === '`') return 'name';
  if (first === "'" || first === '"') return 'string';
  if (first >= '0' && first <= '9') return 'number';
  if (text.length > 1) {
    if (text.startsWith('/*')) return /^\/\*M?!/.test(text) ? 'symbol' : 'comment';
    if (first === '#' || text.startsWith('--')) return 'comment';
    if (text.includes("'")) return 'string';
  }
  if (first === '#') return 'comment';
  return WORD.test(first) && text !== '@' ? 'word' : 'symbol';
}

/** Whether the tokens from `at` on are these words, in upper case. */
export function areWords(tokens: readonly SqlToken[], at: number, ...words: string[]): boolean {
  return words.every((word, index) => isWord(tokens[at + index], word));
}

/** Whether the token is one of these words, in upper case. */
export function isWord(token: SqlToken | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase());
}

export function isSymbol(token: SqlToken | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol;
}

function unquoted(name: string): string {
  return name
    .slice(1, name.endsWith('`') && name.length > 1 ? -1 : undefined)
    .replaceAll('``', '`');
}
