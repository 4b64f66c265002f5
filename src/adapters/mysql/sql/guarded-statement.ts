import { type AlterForms, alterForms } from './alter-forms.ts';
import { parseDdl } from './ddl.ts';
import { readingsOf } from './executable-comments.ts';
import { altersNoTable } from './not-tables.ts';
import type { SqlMode } from './sql-mode.ts';
import { isWord, type SqlToken } from './sql-tokens.ts';
import type { StatementKind } from './traits.ts';
import { unboundCommand } from './unbound-command.ts';

/** The effect of a statement on existing tables, as far as its text shows it. */
export type GuardedStatement =
  /** It changes no existing table, or only its definition, for a moment. */
  | { readonly guard: 'not needed' }
  /** It takes clauses by which the server promises a way of carrying it out. */
  | { readonly guard: 'clauses'; readonly forms: AlterForms; readonly isOnline: boolean }
  /** It locks tables itself, for as long as the migration wants. */
  | { readonly guard: 'locks'; readonly lock: 'SHARED' | 'EXCLUSIVE' }
  /** Nothing shows or limits what it does, for the reason in `why`. */
  | { readonly guard: 'none'; readonly why: string };

const NOT_NEEDED: GuardedStatement = { guard: 'not needed' };

/** Reads a statement for a guard. A pure function of its text. */
export function guardedStatement(
  sql: string,
  mode: SqlMode,
  { kind, several }: { readonly kind: StatementKind; readonly several: boolean },
): GuardedStatement {
  if (several) return none('several statements in one text could not be separated');
  if (kind === 'opaque') return ofOpaque(sql, mode);
  if (kind === 'locking') return ofLocking(sql, mode);
  if (kind !== 'ddl') return NOT_NEEDED;
  const readings = readingsOf(sql, mode);
  if (readings === undefined) return none('comments that only some servers execute change it');
  if (parseDdl(sql, mode)?.effect === 'rename') return NOT_NEEDED;
  const kinds = new Set(readings.map(ofDefinition));
  if (kinds.size > 1 || kinds.has('unknown'))
    return none('the server takes no ALGORITHM or LOCK clause with it');
  if (kinds.has('definition')) return NOT_NEEDED;
  const forms = alterForms(sql, mode);
  if (forms === undefined) return none('comments that only some servers execute change it');
  const isOnline = readings.some(
    (tokens) => isWord(tokens[1], 'ONLINE') || isWord(tokens[2], 'ONLINE'),
  );
  return { guard: 'clauses', forms, isOnline };
}

/** Commands about partitions that lock nothing for long, like those about whole tables. */
const QUICK: readonly string[] = ['ANALYZE', 'CHECK', 'TRUNCATE'];

function ofDefinition(tokens: readonly SqlToken[]): 'definition' | 'table' | 'unknown' {
  const [first] = tokens;
  if (isWord(first, 'ANALYZE', 'CHECK', 'GRANT', 'RENAME', 'REVOKE', 'TRUNCATE'))
    return 'definition';
  const object = tokens.findIndex(
    (token, at) => at > 0 && at < 7 && isWord(token, 'TABLE', 'INDEX'),
  );
  if (isWord(first, 'ALTER')) {
    if (altersNoTable(tokens)) return 'definition';
    const command = unboundCommand(tokens);
    if (command !== undefined) return QUICK.includes(command) ? 'definition' : 'unknown';
    return object > 0 && isWord(tokens[object], 'TABLE') ? 'table' : 'unknown';
  }
  if (!isWord(first, 'CREATE', 'DROP')) return 'unknown';
  return isIndex(tokens, object) ? 'table' : 'definition';
}

/** Whether only words that precede INDEX are between the verb and it: bodies of routines may have one as well. */
function isIndex(tokens: readonly SqlToken[], at: number): boolean {
  return (
    at > 0 &&
    isWord(tokens[at], 'INDEX') &&
    tokens.slice(1, at).every((token) => isWord(token, ...BEFORE_INDEX))
  );
}

const BEFORE_INDEX = [
  'FULLTEXT',
  'OFFLINE',
  'ONLINE',
  'OR',
  'REPLACE',
  'SPATIAL',
  'UNIQUE',
  'VECTOR',
];

/** The first words of opaque statements that neither change nor lock a table. */
const HARMLESS = [
  'BACKUP',
  'CACHE',
  'CHANGE',
  'CLONE',
  'DELETE',
  'DESC',
  'DESCRIBE',
  'EXPLAIN',
  'HANDLER',
  'INSERT',
  'INSTALL',
  'KILL',
  'LOAD',
  'PURGE',
  'REPLACE',
  'RESET',
  'SELECT',
  'SHOW',
  'UNINSTALL',
  'UNLOCK',
  'UPDATE',
  'VALUES',
];

function ofOpaque(sql: string, mode: SqlMode): GuardedStatement {
  const readings = readingsOf(sql, mode) ?? [[]];
  for (const tokens of readings) {
    const [first] = tokens;
    if (isWord(first, 'CALL')) return none('a procedure may change any table');
    if (isWord(first, 'EXECUTE')) return none('a prepared statement may change any table');
    if (isWord(first, 'FLUSH')) {
      const isLock = tokens.some((token) => isWord(token, 'LOCK', 'EXPORT'));
      if (isLock) return { guard: 'locks', lock: 'SHARED' };
      continue;
    }
    // `CREATE TEMPORARY SEQUENCE`, `SET GLOBAL …`; `SET STATEMENT … FOR` is of the kind of what it runs.
    const isOwn = isWord(first, 'SET')
      ? !isWord(tokens[1], 'STATEMENT')
      : isWord(first, 'CREATE', ...HARMLESS);
    if (!isOwn) return none('nothing shows what it changes');
  }
  return NOT_NEEDED;
}

function ofLocking(sql: string, mode: SqlMode): GuardedStatement {
  const tokens = (readingsOf(sql, mode) ?? [[]]).flat();
  const isRead = tokens.some((token) => isWord(token, 'READ'));
  const isWrite = !isRead || tokens.some((token) => isWord(token, 'WRITE'));
  return { guard: 'locks', lock: isWrite ? 'EXCLUSIVE' : 'SHARED' };
}

function none(why: string): GuardedStatement {
  return { guard: 'none', why };
}
