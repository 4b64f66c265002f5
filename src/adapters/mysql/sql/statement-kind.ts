import { areWords, isSymbol, isWord, type SqlToken, sqlTokens } from './sql-tokens.ts';

/**
 * What a statement is for the journal:
 * - `control` begins or ends a transaction, says how it is isolated, or is about a savepoint; it has
 *   no number
 * - `session` changes nothing but the session: it is run again when a migration is resumed
 * - `locking` is LOCK TABLES, `unlocking` UNLOCK TABLES
 * - `read` leaves nothing behind
 * - `write` changes rows, and is undone by a rollback
 * - `ddl` commits what came before it, and then itself
 * - `opaque` may do anything, such as CALL
 * - `refused` cannot be run under the journal: XA
 */
export type StatementKind =
  | 'control'
  | 'session'
  | 'locking'
  | 'unlocking'
  | 'read'
  | 'write'
  | 'ddl'
  | 'opaque'
  | 'refused';

const DDL = [
  'ALTER',
  'ANALYZE',
  'CREATE',
  'DROP',
  'GRANT',
  'OPTIMIZE',
  'RENAME',
  'REPAIR',
  'REVOKE',
  'TRUNCATE',
];
const READ = [
  'SELECT',
  'SHOW',
  'EXPLAIN',
  'DESCRIBE',
  'DESC',
  'CHECK',
  'CHECKSUM',
  'VALUES',
  'TABLE',
  'HELP',
];
const WRITE = ['INSERT', 'UPDATE', 'DELETE', 'REPLACE'];
const SESSION = ['SET', 'USE', 'PREPARE', 'DEALLOCATE', 'DO', 'KILL'];

/** The first words decide; the rest of a large statement is not looked at where it does not matter. */
const HEAD_TOKENS = 12;

/** What kind of statement this is; `several` where it could not be split. Guesses are careful. */
export function kindOf(sql: string, several = false): StatementKind {
  if (several) return 'opaque';
  const tokens = sqlTokens(sql, HEAD_TOKENS).filter((token) => !isSymbol(token, '('));
  const [first, second] = tokens;
  if (first === undefined) return 'session';
  if (isWord(first, 'BEGIN')) return isWord(second, 'NOT') ? 'opaque' : 'control';
  if (isWord(first, 'COMMIT', 'ROLLBACK', 'SAVEPOINT')) return 'control';
  if (areWords(tokens, 0, 'RELEASE', 'SAVEPOINT')) return 'control';
  if (areWords(tokens, 0, 'START', 'TRANSACTION')) return 'control';
  if (areWords(tokens, 0, 'SET', 'TRANSACTION')) return 'control';
  if (isWord(first, 'XA')) return 'refused';
  if (isWord(first, 'LOCK') && isWord(second, 'TABLE', 'TABLES')) return 'locking';
  if (isWord(first, 'UNLOCK') && isWord(second, 'TABLE', 'TABLES')) return 'unlocking';
  if (isWord(first, 'CREATE', 'DROP') && isTemporary(tokens)) return 'session';
  if (isWord(first, ...DDL)) return 'ddl';
  if (isWord(first, ...SESSION)) return 'session';
  if (isWord(first, 'LOAD') && isWord(second, 'DATA', 'XML')) return 'write';
  if (isWord(first, ...WRITE)) return 'write';
  if (isWord(first, 'WITH')) return kindOfWith(sql);
  if (isWord(first, ...READ)) return setsVariables(sql) ? 'session' : 'read';
  return 'opaque';
}

function isTemporary(tokens: readonly SqlToken[]): boolean {
  return tokens.slice(1, 4).some((token) => isWord(token, 'TEMPORARY'));
}

/** A query with common table expressions may be of any kind; what stands outside of brackets tells. */
function kindOfWith(sql: string): StatementKind {
  let depth = 0;
  for (const token of sqlTokens(sql)) {
    if (isSymbol(token, '(')) depth++;
    else if (isSymbol(token, ')')) depth--;
    else if (depth === 0 && isWord(token, ...WRITE)) return 'write';
    else if (depth === 0 && isWord(token, 'SELECT')) return setsVariables(sql) ? 'session' : 'read';
  }
  return 'opaque';
}

/** Whether a query leaves something in the session: variables, or an advisory lock. */
function setsVariables(sql: string): boolean {
  return /:=|\bINTO\s+@|\b(?:GET|RELEASE)_LOCK\s*\(/i.test(sql);
}
