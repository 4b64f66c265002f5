import { isKeyword } from './keywords.ts';
import { isDashComment, scanComment, scanLineComment } from './scan-comment.ts';
import { ALL_SQL_MODES, type SqlMode } from './sql-mode.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';
import { TextMemo } from './text-memo.ts';
import { withoutRows } from './without-rows.ts';

const LIMIT = 500;

/**
 * The shape of an SQL statement: literals and lists of literals become a single `?`, comments are removed,
 * and blanks collapse. The rest names tables and columns but contains no data, so it can be shown and used
 * for grouping. It is cut at 500 characters.
 *
 * If quotes do not pair up, nothing after the first string is shown, because the author may have meant it
 * as part of a string. Without a mode, as for statements of other sessions, everything that is a literal
 * in any mode is removed.
 */
export function statementShape(sql: string, mode?: SqlMode): string {
  return memo.of(sql, JSON.stringify(mode), () => readShape(sql, mode));
}

const memo = new TextMemo<string>();

function readShape(sql: string, mode?: SqlMode): string {
  const text = withoutRows(sql);
  const shape = render(text, mode === undefined ? partsInAnyMode(text) : partsOf(text, mode))
    .replace(/\s+/g, ' ')
    .replace(/\?(?: ?, ?\?)+/g, '?')
    .replace(/\( ?\? ?\)(?: ?, ?\( ?\? ?\))+/g, '(?)')
    .trim()
    .replace(/;$/, '');
  return shape.length > LIMIT ? `${shape.slice(0, LIMIT - 1)}…` : shape;
}

/** The class of each character; if modes differ, the higher class counts. */
const KEPT = 0;
const BLANK = 1;
const LITERAL = 2;

function partsInAnyMode(sql: string): Uint8Array {
  // Most texts contain nothing that modes read differently.
  const modes = /["\\]/.test(sql) ? ALL_SQL_MODES : ALL_SQL_MODES.slice(0, 1);
  const [parts = new Uint8Array(), ...others] = modes.map((mode) => partsOf(sql, mode));
  for (const other of others) {
    for (const [at, part] of other.entries()) parts[at] = Math.max(parts[at] ?? LITERAL, part);
  }
  return parts;
}

function partsOf(sql: string, mode: SqlMode): Uint8Array {
  const parts = new Uint8Array(sql.length).fill(BLANK);
  const tokens = sqlTokens(sql, mode);
  for (const token of tokens)
    parts.fill(isLiteral(token, sql) ? LITERAL : KEPT, token.start, token.end);
  const doubtful = doubtfulFrom(sql, tokens, mode);
  if (doubtful !== undefined) parts.fill(LITERAL, doubtful);
  return parts;
}

/** Whether a token is hidden: a literal, or an executable comment, which servers may read differently. */
function isLiteral({ kind, text, start }: SqlToken, sql: string): boolean {
  if (kind === 'string' || kind === 'number') return true;
  // `@'%'`: if quotes do not pair up, it may contain anything.
  if (kind === 'variable') return sql[start + 1] === "'" || sql[start + 1] === '"';
  // Servers read `0X1F` as a name, but its author meant a number.
  return kind === 'word' ? /^0[xXbB]/.test(text) : kind === 'symbol' && text.length > 1;
}

/** The position from which quotes may not pair up; `undefined` if they do. */
function doubtfulFrom(sql: string, tokens: readonly SqlToken[], mode: SqlMode): number | undefined {
  const first = tokens.find(({ kind, isOpen }) => kind === 'string' || isOpen === true);
  if (tokens.at(-1)?.isOpen === true) return first?.start;
  const dollar = tokens.find(({ kind, text }) => kind === 'word' && /^\$\w*\$/.test(text));
  const comment = openComment(sql, tokens.at(-1)?.end ?? 0, mode);
  const places = [
    dollar?.start,
    comment,
    tokens.find((token, at) => isFollowedByOther(token, at, tokens))?.start,
  ];
  const doubtful = Math.min(...places.filter((place) => place !== undefined));
  return doubtful === Number.POSITIVE_INFINITY ? undefined : doubtful;
}

/** Whether a name touches the string, or follows it where only a keyword or symbol is possible, as in `'it's …'`. */
function isFollowedByOther(
  { kind, end }: SqlToken,
  index: number,
  tokens: readonly SqlToken[],
): boolean {
  const next = kind === 'string' ? tokens[index + 1] : undefined;
  if (next === undefined || next.kind === 'symbol' || next.kind === 'string') return false;
  if (next.kind === 'variable') return false;
  return next.start === end || next.kind === 'number' || !isKeyword(next.text);
}

/** The start of an unclosed comment after the last token; `undefined` if there is none. */
function openComment(sql: string, after: number, mode: SqlMode): number | undefined {
  for (let at = after; at < sql.length; ) {
    if (sql[at] === '#' || isDashComment(sql, at)) {
      at = scanLineComment(sql, at);
    } else if (sql.startsWith('/*', at)) {
      const { end, isOpen } = scanComment(sql, at, mode);
      if (isOpen) return at;
      at = end;
    } else {
      at++;
    }
  }
  return undefined;
}

function render(sql: string, parts: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < sql.length; ) {
    const part = parts[at];
    let end = at + 1;
    while (end < sql.length && parts[end] === part) end++;
    pieces.push(part === KEPT ? sql.slice(at, end) : part === BLANK ? ' ' : '?');
    at = end;
  }
  return pieces.join('');
}
