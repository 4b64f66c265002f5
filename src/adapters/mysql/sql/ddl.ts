import { alterClauses, areGuarded, keyName } from './ddl-clauses.ts';
import { type DdlObject, objectAt } from './ddl-object.ts';
import type { Ddl } from './ddl-types.ts';
import { readingsOf } from './executable-comments.ts';
import { parseCreate } from './parse-create.ts';
import { DEFAULT_SQL_MODE, type SqlMode } from './sql-mode.ts';
import { areWords, isSymbol, isWord, type SqlToken } from './sql-tokens.ts';
import { TextMemo } from './text-memo.ts';

export type { Ddl } from './ddl-types.ts';

/**
 * Parses a DDL statement; `undefined` if the database does not show afterwards whether it ran, as for a
 * swap by RENAME, EXCHANGE PARTITION or TRUNCATE, or if the readings of its executable comments have
 * different effects. A test runs every form that counts as repeatable twice.
 */
export function parseDdl(sql: string, mode: SqlMode = DEFAULT_SQL_MODE): Ddl | undefined {
  return memo.of(sql, JSON.stringify(mode), () => parseText(sql, mode));
}

const memo = new TextMemo<Ddl | undefined>();

function parseText(sql: string, mode: SqlMode): Ddl | undefined {
  const [first, ...others] = (readingsOf(sql, mode) ?? [[]]).map(parseTokens);
  const text = JSON.stringify(first);
  return others.every((other) => JSON.stringify(other) === text) ? first : undefined;
}

function parseTokens(all: readonly SqlToken[]): Ddl | undefined {
  const tokens = isSymbol(all.at(-1), ';') ? all.slice(0, -1) : all;
  switch (tokens[0]?.text.toUpperCase()) {
    case 'CREATE':
      return parseCreate(tokens);
    case 'DROP':
      return parseDrop(tokens);
    case 'RENAME':
      return parseRename(tokens);
    case 'ALTER':
      return parseAlter(tokens);
    case 'ANALYZE':
    case 'CHECK':
    case 'OPTIMIZE':
    case 'REPAIR':
    case 'GRANT':
      return REPEATABLE;
    case 'REVOKE':
      return isRepeatableRevoke(tokens) ? REPEATABLE : undefined;
    default:
      return undefined;
  }
}

const REPEATABLE: Ddl = { effect: 'repeatable', objects: [] };

/** Kinds of objects, besides tables, for which DROP … IF EXISTS is repeatable. */
const DROPPED = ['VIEW', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT', 'SEQUENCE'] as const;

/** Kinds of objects outside of a database, for which nothing in the database shows whether the statement ran. */
const NOT_IN_DATABASE = ['DATABASE', 'SCHEMA', 'USER', 'ROLE', 'PACKAGE', 'SERVER'];

function parseDrop(tokens: readonly SqlToken[]): Ddl | undefined {
  if (isWord(tokens[1], ...NOT_IN_DATABASE)) {
    const at = isWord(tokens[2], 'BODY') ? 3 : 2;
    return areWords(tokens, at, 'IF', 'EXISTS') ? REPEATABLE : undefined;
  }
  if (isWord(tokens[1], 'INDEX')) return parseDropIndex(tokens);
  const type = isWord(tokens[1], 'TABLE', 'TABLES')
    ? 'TABLE'
    : DROPPED.find((word) => isWord(tokens[1], word));
  if (type === undefined) return undefined;
  if (areWords(tokens, 2, 'IF', 'EXISTS')) return REPEATABLE;
  const objects: DdlObject[] = [];
  for (let at = 2; ; ) {
    const found = objectAt(tokens, at, type);
    if (found === undefined) return undefined;
    objects.push(found.object);
    if (!isSymbol(tokens[found.next], ',')) return { effect: 'drop', objects };
    at = found.next + 1;
  }
}

function parseDropIndex(tokens: readonly SqlToken[]): Ddl | undefined {
  if (areWords(tokens, 2, 'IF', 'EXISTS')) return REPEATABLE;
  const name = keyName(tokens[2]);
  const found = isWord(tokens[3], 'ON') ? objectAt(tokens, 4, 'TABLE') : undefined;
  if (name === undefined || found === undefined) return undefined;
  return {
    effect: 'alter',
    objects: [found.object],
    clauses: [{ does: 'drop', what: 'key', name }],
  };
}

/** Whether a REVOKE is repeatable: revoking a missing privilege fails (1141) unless the statement allows it. */
function isRepeatableRevoke(tokens: readonly SqlToken[]): boolean {
  if (areWords(tokens, 1, 'IF', 'EXISTS')) return true;
  const at = isWord(tokens[2], 'PRIVILEGES') ? 3 : 2;
  return (
    isWord(tokens[1], 'ALL') &&
    isSymbol(tokens[at], ',') &&
    areWords(tokens, at + 1, 'GRANT', 'OPTION')
  );
}

/** Parses a RENAME of one table. Several are not supported, because a swap has the same names before and after. */
function parseRename(tokens: readonly SqlToken[]): Ddl | undefined {
  if (!isWord(tokens[1], 'TABLE', 'TABLES')) return undefined;
  const from = objectAt(tokens, 2, 'TABLE');
  const to =
    from && isWord(tokens[from.next], 'TO') ? objectAt(tokens, from.next + 1, 'TABLE') : undefined;
  if (from === undefined || to === undefined || to.next < tokens.length) return undefined;
  return { effect: 'rename', objects: [from.object, to.object] };
}

function parseAlter(tokens: readonly SqlToken[]): Ddl | undefined {
  // These statements set a state, regardless of the state before.
  if (isWord(tokens[1], 'PROCEDURE', 'FUNCTION')) return REPEATABLE;
  if (isWord(tokens[1], 'DATABASE', 'SCHEMA'))
    return tokens.some((token) => isWord(token, 'UPGRADE')) ? undefined : REPEATABLE;
  if (isWord(tokens[1], 'USER'))
    return tokens.some((token) => isWord(token, ...ONCE_ONLY)) ? undefined : REPEATABLE;
  const table = tokens.findIndex((token, index) => index < 4 && isWord(token, 'TABLE'));
  if (table < 0) return isWord(tokens[viewAt(tokens)], 'VIEW') ? REPEATABLE : undefined;
  const guard = areWords(tokens, table + 1, 'IF', 'EXISTS') ? 2 : 0;
  const found = objectAt(tokens, table + 1 + guard, 'TABLE');
  if (found === undefined) return undefined;
  const renamed = isWord(tokens[found.next], 'RENAME') && renameTarget(tokens, found.next + 1);
  if (renamed) return { effect: 'rename', objects: [found.object, renamed] };
  const rest = tokens.slice(found.next);
  if (areGuarded(rest)) return REPEATABLE;
  const clauses = alterClauses(rest);
  return clauses && { effect: 'alter', objects: [found.object], clauses };
}

/**
 * Words of ALTER USER that act differently the second time: a password that must be the current one, or that
 * is kept beside the new one; a generated password; another login factor.
 */
const ONCE_ONLY = ['REPLACE', 'RETAIN', 'RANDOM', 'FACTOR', 'REGISTRATION'];

/** The index of the word for the kind of object in ALTER: ALGORITHM, DEFINER and SQL SECURITY may precede VIEW. */
function viewAt(tokens: readonly SqlToken[]): number {
  return tokens.findIndex((token, index) => index < 15 && isWord(token, 'VIEW', 'AS', 'EVENT'));
}

/** Whether this is only `ALTER TABLE a RENAME [TO] b`, and not RENAME COLUMN or INDEX. */
function renameTarget(tokens: readonly SqlToken[], at: number): DdlObject | undefined {
  if (isWord(tokens[at], 'COLUMN', 'INDEX', 'KEY')) return undefined;
  const name = objectAt(tokens, isWord(tokens[at], 'TO', 'AS') ? at + 1 : at, 'TABLE');
  return name && name.next === tokens.length ? name.object : undefined;
}
