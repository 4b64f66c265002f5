import { columnNames } from './column-names.ts';
import { keyName } from './ddl-clauses.ts';
import { objectAt } from './ddl-object.ts';
import type { Ddl } from './ddl-types.ts';
import { areWords, isWord, type SqlToken } from './sql-tokens.ts';

const REPEATABLE: Ddl = { effect: 'repeatable', objects: [] };

/** Kinds of objects outside of a database, for which nothing in the database shows whether the statement ran. */
const NOT_IN_DATABASE = ['DATABASE', 'SCHEMA', 'USER', 'ROLE', 'SERVER'];

/** Kinds of objects, apart from tables, that SHOW CREATE supports. */
const OBJECTS = [
  'VIEW',
  'TRIGGER',
  'PROCEDURE',
  'FUNCTION',
  'EVENT',
  'SEQUENCE',
  'PACKAGE',
] as const;

/** Parses a CREATE statement. */
export function parseCreate(tokens: readonly SqlToken[]): Ddl | undefined {
  const replaces = areWords(tokens, 1, 'OR', 'REPLACE');
  const start = replaces ? 3 : 1;
  if (isWord(tokens[start], ...NOT_IN_DATABASE)) return outsideOfDatabase(tokens, start, replaces);
  if (isWord(tokens[start], 'TABLE')) return createTable(tokens, start, replaces);
  const index = tokens.findIndex((token) => isWord(token, 'INDEX'));
  if (index >= start && index <= start + 1) {
    return replaces || areWords(tokens, index + 1, 'IF', 'NOT', 'EXISTS')
      ? REPEATABLE
      : createIndex(tokens, index);
  }
  // DEFINER, ALGORITHM, AGGREGATE and SQL SECURITY may precede the kind.
  for (let at = start; at < Math.min(tokens.length, 20); at++) {
    const type = OBJECTS.find((word) => isWord(tokens[at], word));
    if (type === undefined) continue;
    // A one-time event may have run and been dropped since; creating it again would run it again.
    if (type === 'EVENT' && !isRecurring(tokens)) return undefined;
    // A replaced sequence starts again.
    if (replaces) return type === 'SEQUENCE' ? undefined : REPEATABLE;
    const body = isWord(tokens[at + 1], 'BODY') ? 1 : 0;
    if (areWords(tokens, at + 1 + body, 'IF', 'NOT', 'EXISTS')) return REPEATABLE;
    if (type === 'PACKAGE') return undefined;
    const found = objectAt(tokens, at + 1, type);
    return found && { effect: 'create', objects: [found.object] };
  }
  return undefined;
}

function outsideOfDatabase(
  tokens: readonly SqlToken[],
  at: number,
  replaces: boolean,
): Ddl | undefined {
  // A database may exist by then, and a password that the server generates would differ.
  if (replaces) return isWord(tokens[at], 'DATABASE', 'SCHEMA') ? undefined : REPEATABLE;
  if (tokens.some((token) => isWord(token, 'RANDOM'))) return undefined;
  return areWords(tokens, at + 1, 'IF', 'NOT', 'EXISTS') ? REPEATABLE : undefined;
}

function createTable(tokens: readonly SqlToken[], at: number, replaces: boolean): Ddl | undefined {
  const guard = areWords(tokens, at + 1, 'IF', 'NOT', 'EXISTS') ? 3 : 0;
  const found = objectAt(tokens, at + 1 + guard, 'TABLE');
  // Replacing a table again would delete rows that were written since.
  if (found === undefined || replaces) return undefined;
  const columns = columnNames(tokens, found.next);
  if (guard === 0) return { effect: 'create', objects: [found.object], columns };
  // A table that is created LIKE another one, or with a complete list of columns, copies no rows.
  const isLike = isWord(tokens[found.next], 'LIKE') || isWord(tokens[found.next + 1], 'LIKE');
  return columns !== undefined || isLike ? REPEATABLE : undefined;
}

function createIndex(tokens: readonly SqlToken[], at: number): Ddl | undefined {
  const on = tokens.findIndex((token, index) => index > at && isWord(token, 'ON'));
  const name = keyName(tokens[at + 1]);
  const found = objectAt(tokens, on + 1, 'TABLE');
  if (on < 0 || name === undefined || found === undefined) return undefined;
  return {
    effect: 'alter',
    objects: [found.object],
    clauses: [{ does: 'add', what: 'key', name }],
  };
}

/** Whether an event is recurring: `CREATE EVENT e ON SCHEDULE EVERY …`, not `AT …`. */
function isRecurring(tokens: readonly SqlToken[]): boolean {
  const at = tokens.findIndex((token) => isWord(token, 'SCHEDULE'));
  return isWord(tokens[at + 1], 'EVERY');
}
