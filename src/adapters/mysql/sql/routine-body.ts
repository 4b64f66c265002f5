import { closingBracket } from './function-calls.ts';
import { areWords, isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/** Statements that open a block; MariaDB accepts them outside of routines too. */
const BLOCKS = ['IF', 'CASE', 'LOOP', 'WHILE', 'REPEAT', 'FOR'];

/** The words of a routine's characteristics before its body, each with the number of words that follow it. */
const CHARACTERISTICS: ReadonlyMap<string, number> = new Map([
  ['COMMENT', 1],
  ['LANGUAGE', 1],
  ['NOT', 0],
  ['DETERMINISTIC', 0],
  ['CONTAINS', 1],
  ['NO', 1],
  ['READS', 2],
  ['MODIFIES', 2],
  ['SQL', 2],
  ['AS', 0],
  ['IS', 0],
]);

/**
 * The index of the first token of a body that may contain statements; `undefined` if there is no body, and
 * `unknown` if its beginning cannot be determined.
 */
export function bodyOf(tokens: readonly SqlToken[], first: number): number | 'unknown' | undefined {
  const token = tokens[first];
  if (isWord(token, ...BLOCKS)) return first;
  if (isWord(token, 'BEGIN')) {
    const next = tokens[first + 1];
    // `BEGIN …; END` without NOT ATOMIC is a block only in MariaDB's sql_mode ORACLE.
    return next === undefined || isSymbol(next, ';') || isWord(next, 'WORK') ? undefined : first;
  }
  if (token?.kind === 'word' && isSymbol(tokens[first + 1], ':')) return first + 2;
  if (isWord(token, 'DECLARE')) return 'unknown';
  if (!isWord(token, 'CREATE', 'ALTER')) return undefined;
  for (let at = first + 1; at < first + 20 && at < tokens.length; at++) {
    if (isWord(tokens[at], 'PROCEDURE', 'FUNCTION')) return routineBody(tokens, at);
    if (isWord(tokens[at], 'TRIGGER')) return triggerBody(tokens, at);
    if (isWord(tokens[at], 'EVENT')) return eventBody(tokens, at);
    if (isWord(tokens[at], 'PACKAGE')) return 'unknown';
    if (isWord(tokens[at], 'TABLE', 'VIEW', 'INDEX', 'DATABASE', 'USER')) return undefined;
  }
  return undefined;
}

function routineBody(tokens: readonly SqlToken[], word: number): number | 'unknown' | undefined {
  const open = tokens.findIndex((token, at) => at > word && isSymbol(token, '('));
  const end = tokens.findIndex((token, at) => at > word && isSymbol(token, ';'));
  if (open < 0 || (end >= 0 && end < open)) {
    // ALTER PROCEDURE, a loadable function, or a routine without parameters in the mode ORACLE.
    return tokens.some((token, at) => at > word && isWord(token, 'BEGIN')) ? 'unknown' : undefined;
  }
  let at = closingBracket(tokens, open) + 1;
  if (isWord(tokens[at], 'RETURNS', 'RETURN')) at = indexAfterType(tokens, at + 1);
  for (;;) {
    const follow = CHARACTERISTICS.get(tokens[at]?.text.toUpperCase() ?? '');
    if (follow === undefined || tokens[at]?.kind !== 'word') return indexAfterLabel(tokens, at);
    at += 1 + follow;
  }
}

/** The index after a type, such as `VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin` or `SET('a')`. */
function indexAfterType(tokens: readonly SqlToken[], type: number): number {
  let at = type + 1;
  for (;;) {
    if (isSymbol(tokens[at], '(')) at = closingBracket(tokens, at) + 1;
    else if (areWords(tokens, at, 'CHARACTER', 'SET')) at += 3;
    else if (isWord(tokens[at], 'CHARSET', 'COLLATE')) at += 2;
    else if (isWord(tokens[at], 'UNSIGNED', 'SIGNED', 'ZEROFILL', 'PRECISION', 'VARYING', 'BINARY'))
      at++;
    else if (isWord(tokens[at], 'ASCII', 'UNICODE', 'BYTE')) at++;
    else return at;
  }
}

function triggerBody(tokens: readonly SqlToken[], word: number): number | 'unknown' {
  for (let at = word; at < tokens.length; at++) {
    if (!areWords(tokens, at, 'FOR', 'EACH', 'ROW')) continue;
    const body = at + 3;
    return indexAfterLabel(tokens, isWord(tokens[body], 'FOLLOWS', 'PRECEDES') ? body + 2 : body);
  }
  return 'unknown';
}

/** The body of an event; `undefined` for an ALTER EVENT that keeps its body. */
function eventBody(tokens: readonly SqlToken[], word: number): number | undefined {
  for (let at = word; at < tokens.length && !isSymbol(tokens[at], ';'); at++) {
    if (isWord(tokens[at], 'DO')) return indexAfterLabel(tokens, at + 1);
  }
  return undefined;
}

/** The index after a label: `label: BEGIN`. */
function indexAfterLabel(tokens: readonly SqlToken[], at: number): number {
  return isSymbol(tokens[at + 1], ':') && tokens[at]?.kind !== 'symbol' ? at + 2 : at;
}
