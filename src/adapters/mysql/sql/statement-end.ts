import { isExecutableComment } from './executable-comments.ts';
import { bodyOf } from './routine-body.ts';
import { isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/** The end of a statement. */
export interface StatementEnd {
  /** The index of the semicolon after it, or the count of tokens. */
  readonly end: number;
  /** Whether it may contain further statements that cannot be separated. */
  readonly several: boolean;
}

/** Finds the end of the statement that begins with this token. */
export function statementEnd(tokens: readonly SqlToken[], first: number): StatementEnd {
  const body = bodyOf(tokens, first);
  if (body === 'unknown') return untilEnd(tokens, first);
  let blocks: readonly Block[] = [];
  for (let at = first; at < tokens.length; at++) {
    const token = tokens[at] as SqlToken;
    if (isUncertain(token)) return { end: tokens.length, several: true };
    if (isSymbol(token, ';') && blocks.length === 0) return { end: at, several: false };
    if (body === undefined || at < body) continue;
    const [after, next] = step(blocks, tokens, at, body);
    if (after === undefined) return untilEnd(tokens, first);
    blocks = after;
    at = next;
  }
  return { end: tokens.length, several: blocks.length > 0 };
}

/** The rest of the text, which is a single statement only if it has no semicolon except at the end. */
function untilEnd(tokens: readonly SqlToken[], first: number): StatementEnd {
  const semicolon = tokens.findIndex((token, at) => at >= first && isSymbol(token, ';'));
  const isLast = semicolon < 0 || semicolon === tokens.length - 1;
  return isLast
    ? { end: semicolon < 0 ? tokens.length : semicolon, several: false }
    : { end: tokens.length, several: true };
}

/** Whether an executable comment may contain the end of a statement, or has an uncertain end itself. */
function isUncertain(token: SqlToken): boolean {
  return isExecutableComment(token) && (token.isOpen === true || token.text.includes(';'));
}

/** An open block of a routine; `case value` is an expression, the others are statements. */
type Block = 'begin' | 'if' | 'case' | 'case value' | 'loop' | 'while' | 'repeat' | 'for';

const OPENING = ['BEGIN', 'IF', 'CASE', 'LOOP', 'WHILE', 'REPEAT', 'FOR'];

/**
 * The open blocks after this token, and the index of the last token that was read; `undefined` if a block
 * is closed that was not opened.
 */
function step(
  blocks: readonly Block[],
  tokens: readonly SqlToken[],
  at: number,
  body: number,
): [Block[] | undefined, number] {
  const token = tokens[at] as SqlToken;
  if (token.kind !== 'word' || isSymbol(tokens[at - 1], '.')) return [[...blocks], at];
  if (isWord(token, 'END')) return closeBlock(blocks, tokens, at, body);
  if (!isWord(token, ...OPENING)) return [[...blocks], at];
  const block = token.text.toLowerCase() as Block;
  if (startsStatement(blocks, tokens, at, body)) return [[...blocks, block], at];
  return [block === 'case' ? [...blocks, 'case value'] : [...blocks], at];
}

/** Closes a block at `END`, `END IF`, `END CASE` and so on, which may also be a column's name. */
function closeBlock(
  blocks: readonly Block[],
  tokens: readonly SqlToken[],
  at: number,
  body: number,
): [Block[] | undefined, number] {
  const top = blocks.at(-1);
  const isNamed = isWord(tokens[at + 1], 'IF', 'CASE', 'LOOP', 'WHILE', 'REPEAT', 'FOR');
  if (top === 'case value') return [blocks.slice(0, -1), at];
  if (!isNamed && !startsStatement(blocks, tokens, at, body)) return [[...blocks], at];
  return top === undefined ? [undefined, at] : [blocks.slice(0, -1), isNamed ? at + 1 : at];
}

/** Whether a statement of the body begins at this token. */
function startsStatement(
  blocks: readonly Block[],
  tokens: readonly SqlToken[],
  at: number,
  body: number,
): boolean {
  if (at === body) return true;
  const before = tokens[at - 1];
  if (isSymbol(before, ';') || isSymbol(before, ':')) return true;
  const top = blocks.at(-1);
  if (isWord(before, 'THEN', 'ELSE')) return top !== 'case value';
  if (isWord(before, 'BEGIN', 'LOOP', 'DO')) return true;
  if (isWord(before, 'REPEAT')) return top === 'repeat';
  // `BEGIN NOT ATOMIC`, `DECLARE EXIT HANDLER FOR NOT FOUND BEGIN … END`.
  return isWord(tokens[at], 'BEGIN') && (isWord(before, 'ATOMIC') || isHandler(tokens, at));
}

function isHandler(tokens: readonly SqlToken[], at: number): boolean {
  for (let place = at - 1; place > 0 && !isSymbol(tokens[place], ';'); place--) {
    if (isWord(tokens[place], 'HANDLER')) return true;
  }
  return false;
}
