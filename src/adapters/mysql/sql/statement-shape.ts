import { isKeyword } from './keywords.ts';
import { isDashComment, scanComment, scanLineComment } from './scan-comment.ts';
import { ALL_SQL_MODES, type SqlMode } from './sql-mode.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';
import { withoutRows } from './without-rows.ts';

const LIMIT = 500;

/**
 * The shape of an SQL statement: strings, numbers and hexadecimal literals become `?`, lists of
 * them become one `?`, comments go, blanks collapse. The rest names tables and columns but holds
 * no data, so it may be shown and grouped by. Cut at 500 characters.
 *
 * If quotes do not pair up, nothing after the first string is shown, since it may stand in a string
 * for whoever wrote it. Without a mode, as for statements of other sessions, everything is cut that is
 * a literal in any mode.
 */
export function statementShape(sql: string, mode?: SqlMode): string {
  const text = withoutRows(sql);
  const shape = render(text, mode === undefined ? partsInAnyMode(text) : partsOf(text, mode))
    .replace(/\s+/g, ' ')
    .replace(/\?(?: ?, ?\?)+/g, '?')
    .replace(/\( ?\? ?\)(?: ?, ?\( ?\? ?\))+/g, '(?)')
    .trim()
    .replace(/;$/, '');
  return shape.length > LIMIT ? `${shape.slice(0, LIMIT - 1)}…` : shape;
}

/** The class of each character: the higher one counts where two modes differ. */
const KEPT = 0;
const BLANK = 1;
const LITERAL = 2;

function partsInAnyMode(sql: string): Uint8Array {
  // Most texts have nothing in them that a mode could read in another way.
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

/** An executable comment shows nothing either: servers may read it in different ways. */
function isLiteral({ kind, text, start }: SqlToken, sql: string): boolean {
  if (kind === 'string' || kind === 'number') return true;
  // `@'%'`; in a statement whose quotes do not pair up it may be anything.
  if (kind === 'variable') return sql[start + 1] === "'" || sql[start + 1] === '"';
  // `0X1F` is a name for the servers, but not for whoever wrote it.
  return kind === 'word' ? /^0[xXbB]/.test(text) : kind === 'symbol' && text.length > 1;
}

/** Where quotes can no longer be trusted to pair up; `undefined` if they can. */
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

/** `'it's …'`: a name touches the string, or follows it where only a keyword or a symbol may. */
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

/** Where a comment begins that nothing closes, after the last token. */
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
