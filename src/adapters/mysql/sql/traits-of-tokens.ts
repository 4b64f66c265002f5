import { LOCK_FUNCTIONS, VOLATILE, VOLATILE_WORDS } from './built-in-functions.ts';
import { type CallContext, type FunctionCalls, functionCalls } from './function-calls.ts';
import { areWords, isSymbol, isWord, type SqlToken } from './sql-tokens.ts';
import { formOf, type StatementForm, tableWord } from './statement-form.ts';
import type { PreparedStatement, StatementKind, StatementTraits } from './traits.ts';
import { type Variables, variablesIn } from './variables.ts';

/** The traits of one statement, from its tokens, including those in executable comments. */
export function traitsOfTokens(all: readonly SqlToken[], context: CallContext): StatementTraits {
  const tokens = withoutEnds(all);
  const form = formOf(tokens);
  if (form.inner !== undefined) return wrapping(tokens, form.inner, context);
  if (form.runsOthers === true && tokens.length > 0) return opaqueTraits(tokens);
  const evaluated = tokens.slice(form.evaluatedFrom);
  const calls = functionCalls(evaluated, context);
  const variables = variablesIn(evaluated);
  return {
    kind: tokens.length === 0 ? 'session' : kindOfForm(form, tokens, calls, variables),
    isEmpty: tokens.length === 0,
    callsUnknown: calls.hasUnknown,
    asks: asksOf(tokens, evaluated, calls, variables),
    setsInsertId: setsInsertId(form, tokens, calls),
    readsVariables: [...variables.reads],
    setsVariables: [...variables.sets],
    changesSqlMode: form.sets?.includes('sql_mode') === true,
    changesAutocommit: form.sets?.includes('autocommit') === true,
    changesDatabase: form.changesDatabase === true,
    touchesLocks: calls.hasUnknown || [...LOCK_FUNCTIONS].some((name) => calls.known.has(name)),
    temporary: temporaryTables(tokens),
    prepared: preparedStatement(tokens),
    isVolatile: isVolatile(evaluated, calls, variables),
  };
}

/** The traits of a statement that may do anything; the variables that it names are still known. */
export function opaqueTraits(tokens: readonly SqlToken[]): StatementTraits {
  const { reads, sets } = variablesIn(tokens);
  return {
    kind: 'opaque',
    isEmpty: false,
    callsUnknown: true,
    asks: NOTHING_ASKED,
    setsInsertId: true,
    readsVariables: [...reads],
    setsVariables: [...sets],
    changesSqlMode: true,
    changesAutocommit: true,
    changesDatabase: true,
    touchesLocks: true,
    temporary: temporaryTables(tokens),
    prepared: preparedStatement(tokens),
    isVolatile: true,
  };
}

const NOTHING_ASKED = { rowCount: false, foundRows: false, diagnostics: false, insertId: false };

/** The traits of a statement that runs another one, and therefore has at least the other's effects. */
function wrapping(tokens: readonly SqlToken[], at: number, context: CallContext): StatementTraits {
  const inner = traitsOfTokens(tokens.slice(at), context);
  const isPlain = ['session', 'read', 'write', 'ddl'].includes(inner.kind);
  const before = functionCalls(tokens.slice(0, at), context);
  if (before.hasUnknown || before.usesSequence) return opaqueTraits(tokens);
  return isPlain ? inner : { ...inner, kind: inner.kind === 'refused' ? 'refused' : 'opaque' };
}

function kindOfForm(
  { kind }: StatementForm,
  tokens: readonly SqlToken[],
  calls: FunctionCalls,
  { sets }: Variables,
): StatementKind {
  if (!['read', 'session', 'write'].includes(kind)) return kind;
  // A rollback does not restore the values of a sequence, and does not remove a file.
  if (calls.usesSequence || writesFile(tokens)) return 'opaque';
  if (kind !== 'write' && calls.hasUnknown) return 'write';
  if (kind !== 'read') return kind;
  const isForSession =
    sets.size > 0 ||
    calls.lastInsertId.sets ||
    [...LOCK_FUNCTIONS].some((name) => calls.known.has(name));
  return isForSession ? 'session' : 'read';
}

function writesFile(tokens: readonly SqlToken[]): boolean {
  return tokens.some(
    (token, at) => isWord(token, 'INTO') && isWord(tokens[at + 1], 'OUTFILE', 'DUMPFILE'),
  );
}

function asksOf(
  tokens: readonly SqlToken[],
  evaluated: readonly SqlToken[],
  { known, lastInsertId }: FunctionCalls,
  { system }: Variables,
): StatementTraits['asks'] {
  const [first] = tokens;
  const isShow = isWord(first, 'SHOW');
  const isGet = isWord(first, 'GET');
  const shown = isShow ? shownVariables(tokens) : [];
  const asksSystem = (...names: string[]) =>
    names.some((name) => system.has(name) || shown.includes(name));
  return {
    // `GET DIAGNOSTICS @n = ROW_COUNT`, and `SQL%ROWCOUNT` in MariaDB's sql_mode ORACLE.
    rowCount:
      known.has('row_count') ||
      evaluated.some((token) => isWord(token, isGet ? 'ROW_COUNT' : 'ROWCOUNT')),
    foundRows: known.has('found_rows'),
    diagnostics:
      isGet ||
      isWord(first, 'RESIGNAL') ||
      (isShow && isWord(tokens[1], 'WARNINGS', 'ERRORS')) ||
      (isShow && areWords(tokens, 1, 'COUNT') && isWord(tokens[5], 'WARNINGS', 'ERRORS')) ||
      asksSystem('warning_count', 'error_count'),
    insertId: lastInsertId.asks || asksSystem('identity', 'last_insert_id'),
  };
}

const ABOUT_BEFORE = ['warning_count', 'error_count', 'identity', 'last_insert_id'];

/** Variables about the previous statement that SHOW VARIABLES selects by name or pattern. */
function shownVariables(tokens: readonly SqlToken[]): string[] {
  if (!tokens.some((token) => isWord(token, 'VARIABLES'))) return [];
  const patterns = tokens
    .filter(({ kind }) => kind === 'string')
    .map(({ text }) => text.slice(1, -1).toLowerCase().replaceAll('\\', ''));
  return ABOUT_BEFORE.filter((name) => patterns.some((pattern) => isLike(name, pattern)));
}

function isLike(name: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[^\w%]/g, '')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${expression}$`).test(name);
}

function setsInsertId(
  form: StatementForm,
  tokens: readonly SqlToken[],
  calls: FunctionCalls,
): boolean {
  // A stored function restores the value when it ends.
  if (calls.lastInsertId.sets) return true;
  if (form.sets?.some((name) => name === 'last_insert_id' || name === 'identity')) return true;
  if (isWord(tokens[0], 'CREATE')) return form.evaluatedFrom < tokens.length;
  return (
    form.kind === 'write' && tokens.some((token) => isWord(token, 'INSERT', 'REPLACE', 'LOAD'))
  );
}

function isVolatile(
  tokens: readonly SqlToken[],
  { known, hasUnknown }: FunctionCalls,
  { system }: Variables,
): boolean {
  if (hasUnknown || ['timestamp', 'pseudo_thread_id'].some((name) => system.has(name))) return true;
  if ([...VOLATILE].some((name) => known.has(name))) return true;
  return tokens.some(
    (token, at) =>
      token.kind === 'word' &&
      VOLATILE_WORDS.has(token.text.toLowerCase()) &&
      !isSymbol(tokens[at - 1], '.'),
  );
}

/** The tables in `CREATE TEMPORARY TABLE IF NOT EXISTS a …` and `DROP TEMPORARY TABLE a, b.c`. */
function temporaryTables(tokens: readonly SqlToken[]): string[] {
  const word = isWord(tokens[0], 'CREATE', 'DROP') ? tableWord(tokens) : -1;
  if (word < 0 || !isWord(tokens[word - 1], 'TEMPORARY')) return [];
  const names: string[] = [];
  let at = word + 1;
  while (isWord(tokens[at], 'IF', 'NOT', 'EXISTS')) at++;
  for (; ; at += 2) {
    if (isSymbol(tokens[at + 1], '.')) at += 2;
    const name = tokens[at];
    if (name === undefined) return names;
    names.push(name.text.toLowerCase());
    if (!isWord(tokens[0], 'DROP') || !isSymbol(tokens[at + 1], ',')) return names;
  }
}

/** The name in `PREPARE a FROM …`, `EXECUTE a USING …`, `DEALLOCATE PREPARE a` and `DROP PREPARE a`. */
function preparedStatement(tokens: readonly SqlToken[]): PreparedStatement | undefined {
  const [first, second, third] = tokens;
  const named = (verb: PreparedStatement['verb'], token: SqlToken | undefined) =>
    token && { verb, name: token.text.toLowerCase() };
  if (isWord(first, 'PREPARE')) return named('PREPARE', second);
  if (isWord(first, 'DEALLOCATE', 'DROP') && isWord(second, 'PREPARE')) {
    return named('DEALLOCATE', third);
  }
  if (!isWord(first, 'EXECUTE') || isWord(second, 'IMMEDIATE')) return undefined;
  return named('EXECUTE', second);
}

/** Removes the brackets around a query, and the semicolon at the end. */
function withoutEnds(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const from = tokens.findIndex((token) => !isSymbol(token, '('));
  let to = tokens.length;
  while (to > 0 && isSymbol(tokens[to - 1], ';')) to--;
  return from < 0 ? [] : tokens.slice(from, to);
}
