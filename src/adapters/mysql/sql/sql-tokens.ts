import { isDashComment, scanComment, scanLineComment } from './scan-comment.ts';
import { scanQuoted } from './scan-quoted.ts';
import { DEFAULT_SQL_MODE, type SqlMode } from './sql-mode.ts';

/** A token of SQL. Comments and blanks are not tokens. */
export interface SqlToken {
  /**
   * - `word`: a keyword, or a name without quotes
   * - `name`: a name in quotes
   * - `variable`: `@name` or `@@name`, also the host of an account (`'app'@'%'`)
   * - `string`: with quotes and prefix, such as `N'…'`, `x'…'`, `_utf8mb4'…'`, `$tag$…$tag$`
   * - `number`: such as `1`, `.5`, `1e5`, `0xff`, `0b1`
   * - `symbol`: one character, or a whole executable comment
   */
  readonly kind: 'word' | 'name' | 'variable' | 'string' | 'number' | 'symbol';
  /** The text as written; names and variables without their quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether it is not closed, or its end is uncertain, so that it extends to the end of the text. */
  readonly isOpen?: boolean;
}

/**
 * The tokens of an SQL text in order, up to a maximum number, as a session with this `sql_mode` reads
 * them. The rules are those of the servers' lexers (sql/sql_lex.cc of MySQL and of MariaDB).
 *
 * An executable comment is one symbol, because the server's version decides whether its contents count.
 */
export function sqlTokens(
  sql: string,
  mode: SqlMode = DEFAULT_SQL_MODE,
  most = Number.POSITIVE_INFINITY,
): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length && tokens.length < most; ) {
    const next = tokenAt(sql, at, mode);
    if (typeof next === 'number') {
      at = next;
      continue;
    }
    tokens.push(next);
    at = next.end;
  }
  return tokens;
}

/** The token that begins here, or the next position if a blank or a comment begins here. */
function tokenAt(sql: string, at: number, mode: SqlMode): SqlToken | number {
  const first = sql[at] as string;
  switch (first) {
    case ' ':
    case '\n':
    case '\t':
    case '\r':
    case '\v':
    case '\f':
      return at + 1;
    case '#':
      return scanLineComment(sql, at);
    case '-':
      return isDashComment(sql, at) ? scanLineComment(sql, at) : symbol(sql, at);
    case '/': {
      if (sql[at + 1] !== '*') return symbol(sql, at);
      const { end, isExecutable, isOpen } = scanComment(sql, at, mode);
      if (!isExecutable) return end;
      return { kind: 'symbol', text: sql.slice(at, end), start: at, end, isOpen };
    }
    case "'":
      return string(sql, at, at, mode);
    case '"':
      return mode.ansiQuotes ? name(sql, at, mode) : string(sql, at, at, mode);
    case '`':
      return name(sql, at, mode);
    case '@':
      return variable(sql, at, mode);
    case '.':
      return isDigit(sql[at + 1]) && !isInName(sql[at - 1])
        ? number(at, match(FRACTION, sql, at))
        : symbol(sql, at);
    default:
  }
  if (!isInName(first)) return symbol(sql, at);
  return prefixed(sql, at, mode) ?? ((isDigit(first) && digits(sql, at)) || word(sql, at));
}

/** A string with a prefix, or a dollar-quoted string of MySQL 9. */
function prefixed(sql: string, at: number, mode: SqlMode): SqlToken | undefined {
  const prefix = match(PREFIX, sql, at);
  if (prefix !== '') return string(sql, at, at + prefix.length - 1, mode);
  const tag = match(DOLLAR_TAG, sql, at);
  if (tag === '') return undefined;
  // For MariaDB this is a name, which nothing closes in this way.
  const close = sql.indexOf(tag, at + tag.length);
  if (close < 0) return undefined;
  const end = close + tag.length;
  return { kind: 'string', text: sql.slice(at, end), start: at, end };
}

/** A number; `undefined` if a name begins with these digits. */
function digits(sql: string, at: number): SqlToken | undefined {
  const found = match(NUMBER, sql, at);
  return found === '' ? undefined : number(at, found);
}

/** A variable: `@name`, `@@name`, ``@`name` ``, `@'name'`. A user variable's name may contain dots, a system variable's cannot. */
function variable(sql: string, at: number, mode: SqlMode): SqlToken {
  const isSystem = sql[at + 1] === '@';
  const begin = at + (isSystem ? 2 : 1);
  const quote = sql[begin];
  if (quote === '`' || (!isSystem && (quote === "'" || quote === '"'))) {
    const { end, isOpen } = scanQuoted(sql, begin, mode);
    const text = `${sql.slice(at, begin)}${unquoted(sql.slice(begin, end), isOpen)}`;
    return { kind: 'variable', text, start: at, end, isOpen };
  }
  const found = match(isSystem ? IN_NAME : IN_VARIABLE, sql, begin);
  if (found === '' && !isSystem) return symbol(sql, at);
  const end = begin + found.length;
  return { kind: 'variable', text: sql.slice(at, end), start: at, end };
}

function string(sql: string, at: number, quote: number, mode: SqlMode): SqlToken {
  const { end, isOpen } = scanQuoted(sql, quote, mode);
  return { kind: 'string', text: sql.slice(at, end), start: at, end, isOpen };
}

function name(sql: string, at: number, mode: SqlMode): SqlToken {
  const { end, isOpen } = scanQuoted(sql, at, mode);
  return { kind: 'name', text: unquoted(sql.slice(at, end), isOpen), start: at, end, isOpen };
}

function number(at: number, text: string): SqlToken {
  return { kind: 'number', text, start: at, end: at + text.length };
}

function word(sql: string, at: number): SqlToken {
  const text = match(IN_NAME, sql, at);
  return { kind: 'word', text, start: at, end: at + text.length };
}

function symbol(sql: string, at: number): SqlToken {
  return { kind: 'symbol', text: sql[at] as string, start: at, end: at + 1 };
}

const IN_NAME = /[\w$\u0080-\uFFFF]+/y;
const IN_VARIABLE = /[\w$.\u0080-\uFFFF]+/y;
const PREFIX = /(?:[xXbBnN]|_[a-zA-Z0-9]+)'/y;
const DOLLAR_TAG = /\$[\w\u0080-\uFFFF]*\$/y;
const FRACTION = /\.[0-9]+(?:[eE][+-]?[0-9]+)?/y;
/** Matches numbers: `1e5x` is a number and a name, `1ex` a single name; `0X1F` is a name too. */
const NUMBER =
  /(?:0x[0-9a-fA-F]+|0b[01]+)(?![\w$\u0080-\uFFFF])|[0-9]+[eE][+-]?[0-9]+|[0-9]+(?![\w$\u0080-\uFFFF])(?:\.[0-9]*(?:[eE][+-]?[0-9]+)?)?/y;
const NAME_CHARACTER = /[\w$\u0080-\uFFFF]/;

/** The match of a sticky expression at this position, or the empty string. */
function match(expression: RegExp, sql: string, at: number): string {
  expression.lastIndex = at;
  return expression.exec(sql)?.[0] ?? '';
}

function isInName(character: string | undefined): boolean {
  return character !== undefined && NAME_CHARACTER.test(character);
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

function unquoted(quoted: string, isOpen: boolean): string {
  const quote = quoted[0] as string;
  return quoted.slice(1, isOpen ? undefined : -1).replaceAll(quote + quote, quote);
}

/** Whether the tokens from `at` on are these words, in upper case. */
export function areWords(tokens: readonly SqlToken[], at: number, ...words: string[]): boolean {
  return words.every((word, index) => isWord(tokens[at + index], word));
}

/** Whether the token is one of these words, in upper case. */
export function isWord(token: SqlToken | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase());
}

/** Whether the token is this character. */
export function isSymbol(token: SqlToken | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol;
}
