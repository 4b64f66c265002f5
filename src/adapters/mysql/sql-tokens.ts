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
    '(?<comment>/\\*(?!M?!)[\\s\\S]*?(?:\\*/|$)|#[^\\n]*|--(?=[\\s\\x00]|$)[^\\n]*)',
    '(?<executable>/\\*M?![\\s\\S]*?(?:\\*/|$))',
    '(?<string>(?:[xXbBnN]|_[a-zA-Z0-9]+)?\'(?:[^\'\\\\]|\\\\[\\s\\S]|\'\')*(?:\'|$)|"(?:[^"\\\\]|\\\\[\\s\\S]|"")*(?:"|$))',
    '(?<name>`(?:[^`]|``)*(?:`|$))',
    '(?<word>@{0,2}[A-Za-z_$\\u0080-\\uFFFF][\\w$\\u0080-\\uFFFF]*)',
    '(?<number>[0-9][\\w.]*)',
    '(?<symbol>\\S)',
  ].join('|'),
  'g',
);

/** The tokens of an SQL text in order. Backslashes escape, as they do unless a server is told otherwise. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const match of sql.matchAll(TOKENS)) {
    const { index: start, groups = {}, 0: text } = match;
    if (groups.comment !== undefined) continue;
    const end = start + text.length;
    if (groups.name !== undefined) {
      tokens.push({ kind: 'name', text: unquoted(text), start, end });
    } else {
      const kind =
        groups.string !== undefined
          ? 'string'
          : groups.word !== undefined
            ? 'word'
            : groups.number !== undefined
              ? 'number'
              : 'symbol';
      tokens.push({ kind, text, start, end });
    }
  }
  return tokens;
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
