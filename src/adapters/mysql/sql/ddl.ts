import { alterClauses, type DdlClause, keyName } from './ddl-clauses.ts';
import { type DdlObject, objectAt } from './ddl-object.ts';
import { areWords, isSymbol, isWord, type SqlToken, sqlTokens } from './sql-tokens.ts';

/** A DDL statement whose effect can be told from the database: what it is about and what it makes of it. */
export type Ddl =
  | {
      readonly effect: 'create';
      readonly objects: readonly [DdlObject];
      /** Column names of CREATE TABLE, where they are written down. */
      readonly columns?: readonly string[] | undefined;
    }
  | { readonly effect: 'drop'; readonly objects: readonly DdlObject[] }
  | { readonly effect: 'rename'; readonly objects: readonly [from: DdlObject, to: DdlObject] }
  | {
      readonly effect: 'alter';
      readonly objects: readonly [DdlObject];
      /** What holds afterwards. */
      readonly clauses: readonly DdlClause[];
    }
  /** Has the same effect however often it is run. */
  | { readonly effect: 'repeatable'; readonly objects: readonly [] };

/**
 * Reads a DDL statement; `undefined` where its effect cannot be told from the database afterwards,
 * such as a swap by RENAME, EXCHANGE PARTITION or TRUNCATE.
 */
export function parseDdl(sql: string): Ddl | undefined {
  const tokens = sqlTokens(sql.replace(/;\s*$/, ''));
  // What stands in an executable comment counts on some servers only.
  if (tokens.some(({ kind, text }) => kind === 'symbol' && text.startsWith('/*'))) return undefined;
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
    case 'OPTIMIZE':
    case 'REPAIR':
    case 'GRANT':
    case 'REVOKE':
      return REPEATABLE;
    default:
      return undefined;
  }
}

const REPEATABLE: Ddl = { effect: 'repeatable', objects: [] };

/** What is no part of a database: there is nothing that its end could be told from. */
const NOT_IN_DATABASE = ['DATABASE', 'SCHEMA', 'USER', 'ROLE'];

/** Kinds of objects that SHOW CREATE knows, apart from tables. */
const OBJECTS = ['VIEW', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT'] as const;

function parseCreate(tokens: readonly SqlToken[]): Ddl | undefined {
  if (areWords(tokens, 1, 'OR', 'REPLACE')) return REPEATABLE;
  if (isWord(tokens[1], ...NOT_IN_DATABASE))
    return areWords(tokens, 2, 'IF', 'NOT', 'EXISTS') ? REPEATABLE : undefined;
  if (isWord(tokens[1], 'TABLE')) {
    const guard = areWords(tokens, 2, 'IF', 'NOT', 'EXISTS') ? 3 : 0;
    const found = objectAt(tokens, 2 + guard, 'TABLE');
    if (found === undefined) return undefined;
    // With IF NOT EXISTS it may be run again, unless it also copies rows.
    if (guard > 0) return tokens.some((token) => isWord(token, 'SELECT')) ? undefined : REPEATABLE;
    return { effect: 'create', objects: [found.object], columns: columnNames(tokens, found.next) };
  }
  const index = tokens.findIndex((token) => isWord(token, 'INDEX'));
  if (index > 0 && index <= 2) return parseCreateIndex(tokens, index);
  // DEFINER, ALGORITHM and SQL SECURITY may stand before the kind.
  for (let at = 1; at < Math.min(tokens.length, 20); at++) {
    const type = OBJECTS.find((word) => isWord(tokens[at], word));
    if (type === undefined) continue;
    if (areWords(tokens, at + 1, 'IF', 'NOT', 'EXISTS')) return REPEATABLE;
    const found = objectAt(tokens, at + 1, type);
    return found && { effect: 'create', objects: [found.object] };
  }
  return undefined;
}

function parseCreateIndex(tokens: readonly SqlToken[], at: number): Ddl | undefined {
  if (areWords(tokens, at + 1, 'IF', 'NOT', 'EXISTS')) return REPEATABLE;
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

function parseDrop(tokens: readonly SqlToken[]): Ddl | undefined {
  if (isWord(tokens[1], ...NOT_IN_DATABASE))
    return areWords(tokens, 2, 'IF', 'EXISTS') ? REPEATABLE : undefined;
  if (isWord(tokens[1], 'INDEX')) {
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
  const type = isWord(tokens[1], 'TABLE', 'TABLES')
    ? 'TABLE'
    : OBJECTS.find((word) => isWord(tokens[1], word));
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

/** One table only: the names of a swap are the same before and after it. */
function parseRename(tokens: readonly SqlToken[]): Ddl | undefined {
  if (!isWord(tokens[1], 'TABLE', 'TABLES')) return undefined;
  const from = objectAt(tokens, 2, 'TABLE');
  const to =
    from && isWord(tokens[from.next], 'TO') ? objectAt(tokens, from.next + 1, 'TABLE') : undefined;
  if (from === undefined || to === undefined || to.next < tokens.length) return undefined;
  return { effect: 'rename', objects: [from.object, to.object] };
}

function parseAlter(tokens: readonly SqlToken[]): Ddl | undefined {
  // They say what it is to be like, whatever it was like before.
  if (isWord(tokens[1], 'DATABASE', 'SCHEMA', 'PROCEDURE', 'FUNCTION', 'USER')) return REPEATABLE;
  const table = tokens.findIndex((token, index) => index < 4 && isWord(token, 'TABLE'));
  if (table < 0) return isWord(tokens[viewAt(tokens)], 'VIEW') ? REPEATABLE : undefined;
  const guard = areWords(tokens, table + 1, 'IF', 'EXISTS') ? 2 : 0;
  const found = objectAt(tokens, table + 1 + guard, 'TABLE');
  if (found === undefined) return undefined;
  const renamed = isWord(tokens[found.next], 'RENAME') && renameTarget(tokens, found.next + 1);
  if (renamed) return { effect: 'rename', objects: [found.object, renamed] };
  const clauses = alterClauses(tokens.slice(found.next));
  return clauses && { effect: 'alter', objects: [found.object], clauses };
}

/** Where ALTER says what it is about: ALGORITHM, DEFINER and SQL SECURITY may stand before VIEW. */
function viewAt(tokens: readonly SqlToken[]): number {
  return tokens.findIndex((token, index) => index < 15 && isWord(token, 'VIEW', 'AS', 'EVENT'));
}

/** `ALTER TABLE a RENAME [TO] b`, which does nothing else; not RENAME COLUMN or INDEX. */
function renameTarget(tokens: readonly SqlToken[], at: number): DdlObject | undefined {
  if (isWord(tokens[at], 'COLUMN', 'INDEX', 'KEY')) return undefined;
  const name = objectAt(tokens, isWord(tokens[at], 'TO', 'AS') ? at + 1 : at, 'TABLE');
  return name && name.next === tokens.length ? name.object : undefined;
}

const NO_COLUMN = [
  'PRIMARY',
  'KEY',
  'INDEX',
  'UNIQUE',
  'FULLTEXT',
  'SPATIAL',
  'CONSTRAINT',
  'FOREIGN',
  'CHECK',
  'PERIOD',
  'LIKE',
];

/** Columns of CREATE TABLE; `undefined` where they come from elsewhere too. */
function columnNames(tokens: readonly SqlToken[], open: number): string[] | undefined {
  if (!isSymbol(tokens[open], '(')) return undefined;
  const names: string[] = [];
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const starts = depth === 1 && (isSymbol(tokens[at - 1], '(') || isSymbol(tokens[at - 1], ','));
    if (starts) {
      const token = tokens[at] as SqlToken;
      const isColumn =
        token.kind === 'name' || (token.kind === 'word' && !isWord(token, ...NO_COLUMN));
      if (isColumn) names.push(token.text);
      else if (isWord(token, 'LIKE', 'SELECT')) return undefined;
    }
    if (isSymbol(tokens[at], '(')) depth++;
    else if (isSymbol(tokens[at], ')')) depth--;
    else if (depth === 0 && isWord(tokens[at], 'SELECT', 'WITH', 'AS')) return undefined;
  }
  return names;
}
