import {
  isBuiltIn,
  NEEDS_BRACKET_AT_ONCE,
  NEVER_CALLED,
  SEQUENCE_FUNCTIONS,
  type SqlFlavour,
} from './built-in-functions.ts';
import { isKeyword } from './keywords.ts';
import { areWords, isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/** The functions that a statement calls. */
export interface FunctionCalls {
  /** Built-in functions, in lower case. */
  readonly known: ReadonlySet<string>;
  /** Whether LAST_INSERT_ID is called without an argument, which reads, and with one, which sets. */
  readonly lastInsertId: { readonly asks: boolean; readonly sets: boolean };
  /** Whether it calls any other function: a stored or loadable function may do anything. */
  readonly hasUnknown: boolean;
  /** Whether it uses values of a sequence (MariaDB). */
  readonly usesSequence: boolean;
}

/** The settings that decide whether a name is a built-in function. */
export interface CallContext {
  readonly flavour?: SqlFlavour | undefined;
  readonly ignoreSpace: boolean;
}

/**
 * Finds the function calls among these tokens: a name before a bracket, at a place where an expression may
 * begin. A quoted name or a name with a schema is a stored function.
 */
export function functionCalls(
  tokens: readonly SqlToken[],
  { flavour, ignoreSpace }: CallContext,
): FunctionCalls {
  const known = new Set<string>();
  const lastInsertId = { asks: false, sets: false };
  let hasUnknown = false;
  let usesSequence = false;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as SqlToken;
    if (token.kind !== 'word' && token.kind !== 'name') continue;
    usesSequence ||= isSequenceWord(tokens, at);
    const bracket = tokens[at + 1];
    if (!isSymbol(bracket, '(') || !isCall(tokens, at)) continue;
    const name = token.text.toLowerCase();
    const isQualified = isSymbol(tokens[at - 1], '.');
    const isApart = bracket?.start !== token.end && NEEDS_BRACKET_AT_ONCE.has(name);
    if (token.kind === 'word' && !isQualified && SEQUENCE_FUNCTIONS.has(name)) usesSequence = true;
    else if (token.kind === 'name' || isQualified || (isApart && !ignoreSpace)) hasUnknown = true;
    else if (isBuiltIn(name, flavour) || isJsonTable(tokens, at)) known.add(name);
    else hasUnknown = true;
    if (name === 'last_insert_id')
      lastInsertId[isSymbol(tokens[at + 2], ')') ? 'asks' : 'sets'] = true;
  }
  return { known, lastInsertId, hasUnknown, usesSequence };
}

/** Whether the name before a bracket is a call, and not a table, an alias, a type or an operator. */
function isCall(tokens: readonly SqlToken[], at: number): boolean {
  const token = tokens[at] as SqlToken;
  if (token.kind === 'word' && NEVER_CALLED.has(token.text.toLowerCase())) return false;
  // `= ANY (SELECT …)`, `LATERAL (SELECT …)`: as a function's argument, a query would need another pair of brackets.
  if (isWord(tokens[at + 2], 'SELECT', 'WITH') && !isSymbol(tokens[at - 1], '.')) return false;
  const place = isSymbol(tokens[at - 1], '.') ? at - 3 : at - 1;
  const before = tokens[place];
  if (before === undefined) return true;
  if (isWord(before, 'AS', 'INTO', 'TABLE') || isInsertHead(tokens, place)) return false;
  if (isWord(before, 'MEMBER')) return !isWord(token, 'OF');
  if (isWithName(tokens, at, before)) return false;
  // ODBC's `{fn f()}`.
  if (isSymbol(tokens[place - 1], '{')) return true;
  // An expression cannot begin after another one.
  if (before.kind === 'word') return isKeyword(before.text) || isCharacterSet(before.text);
  return before.kind === 'symbol' && before.text !== ')';
}

/** Whether this is the head of an INSERT without INTO: `INSERT IGNORE t (…)`. */
function isInsertHead(tokens: readonly SqlToken[], before: number): boolean {
  let at = before;
  while (isWord(tokens[at], 'IGNORE', 'LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED')) at--;
  return isWord(tokens[at], 'INSERT', 'REPLACE');
}

/** Whether this is the name of a common table expression: `WITH a (x) AS (…), b (y) AS (…)`. */
function isWithName(tokens: readonly SqlToken[], at: number, before: SqlToken): boolean {
  if (isWord(before, 'WITH', 'RECURSIVE')) return true;
  if (!isSymbol(before, ',')) return false;
  const close = closingBracket(tokens, at + 1);
  return isWord(tokens[close + 1], 'AS') && isSymbol(tokens[close + 2], '(');
}

/** Whether this is the JSON_TABLE of the grammar, which has a list of columns; without one, MariaDB reads a name. */
function isJsonTable(tokens: readonly SqlToken[], at: number): boolean {
  if (!isWord(tokens[at], 'JSON_TABLE')) return false;
  for (let place = at; place < closingBracket(tokens, at + 1); place++) {
    if (isWord(tokens[place], 'COLUMNS') && isSymbol(tokens[place + 1], '(')) return true;
  }
  return false;
}

/** Whether this uses a sequence: `NEXT VALUE FOR s`, or `s.NEXTVAL` in MariaDB's sql_mode ORACLE. */
function isSequenceWord(tokens: readonly SqlToken[], at: number): boolean {
  if (isSymbol(tokens[at - 1], '.')) return isWord(tokens[at], 'NEXTVAL', 'CURRVAL');
  return (
    areWords(tokens, at, 'NEXT', 'VALUE', 'FOR') || areWords(tokens, at, 'PREVIOUS', 'VALUE', 'FOR')
  );
}

/** Whether the word is an introducer such as `_utf8mb4`, which sets the character set of the next string. */
function isCharacterSet(word: string): boolean {
  return word.startsWith('_');
}

/** The index of the bracket that closes this one, or the count of tokens. */
export function closingBracket(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (isSymbol(tokens[at], '(')) depth++;
    else if (isSymbol(tokens[at], ')') && --depth === 0) return at;
  }
  return tokens.length;
}
