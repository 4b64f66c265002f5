import { queryOfTable } from './query-of-table.ts';
import { parseSet } from './set-statement.ts';
import { areWords, isSymbol, isWord, type SqlToken } from './sql-tokens.ts';
import type { StatementKind } from './traits.ts';

/** The form of a statement by its keywords, before its functions and variables are considered. */
export interface StatementForm {
  readonly kind: StatementKind;
  /** The start of the part that is evaluated now; the definition of a routine or a table is not. */
  readonly evaluatedFrom: number;
  /** The start of another statement that this one runs. */
  readonly inner?: number;
  /** Whether it runs statements that are not in the text. */
  readonly runsOthers?: boolean;
  /** The session's system variables that it sets, in lower case. */
  readonly sets?: readonly string[];
  readonly changesDatabase?: boolean;
}

const CONTROL = ['COMMIT', 'ROLLBACK', 'SAVEPOINT'];
const DEFINITIONS = [
  'ALTER',
  'CREATE',
  'DROP',
  'GRANT',
  'OPTIMIZE',
  'RENAME',
  'REPAIR',
  'REVOKE',
  'TRUNCATE',
];
const READS = ['SELECT', 'SHOW', 'CHECKSUM', 'VALUES', 'TABLE', 'HELP', 'SIGNAL', 'RESIGNAL'];
const WRITES = ['INSERT', 'UPDATE', 'DELETE', 'REPLACE'];
const EXPLAINS = ['EXPLAIN', 'DESCRIBE', 'DESC'];
/** The first words of statements that EXPLAIN ANALYZE and MariaDB's ANALYZE run. */
const EXPLAINED = ['SELECT', 'WITH', 'VALUES', 'TABLE', ...WRITES];

/** Reads the form of a statement whose leading brackets have been removed. */
export function formOf(tokens: readonly SqlToken[]): StatementForm {
  const [first, second] = tokens;
  const is = (kind: StatementKind): StatementForm => ({ kind, evaluatedFrom: 0 });
  if (isWord(first, ...READS)) return is('read');
  if (isWord(first, ...WRITES)) return is('write');
  if (isWord(first, 'SET')) return setForm(tokens);
  if (isWord(first, ...CONTROL)) return is('control');
  if (isWord(first, 'RELEASE') && isWord(second, 'SAVEPOINT')) return is('control');
  if (isWord(first, 'START') && isWord(second, 'TRANSACTION')) return is('control');
  if (isWord(first, 'BEGIN'))
    return second === undefined || isWord(second, 'WORK') ? is('control') : RUNS_OTHERS;
  if (isWord(first, 'XA')) return is('refused');
  if (isWord(first, 'LOCK') && isWord(second, 'TABLE', 'TABLES')) return is('locking');
  if (isWord(first, 'UNLOCK') && isWord(second, 'TABLE', 'TABLES')) return is('unlocking');
  if (isWord(first, 'USE')) return { ...is('session'), changesDatabase: true };
  if (isWord(first, 'PREPARE', 'DEALLOCATE', 'DO', 'GET')) return is('session');
  if (isWord(first, 'DROP') && isWord(second, 'PREPARE')) return is('session');
  if (isWord(first, 'WITH')) return withForm(tokens);
  if (isWord(first, 'LOAD') && isWord(second, 'DATA', 'XML')) return is('write');
  if (isWord(first, ...EXPLAINS, 'ANALYZE')) return explainForm(tokens);
  // The servers' lists of statements that commit have CHECK TABLE, but not CHECKSUM TABLE.
  if (isWord(first, 'CHECK') && isWord(second, 'TABLE', 'TABLES'))
    return { ...is('ddl'), evaluatedFrom: tokens.length };
  if (isWord(first, ...DEFINITIONS)) return definitionForm(tokens);
  if (isWord(first, ...BEYOND)) return { ...is('opaque') };
  return RUNS_OTHERS;
}

const RUNS_OTHERS: StatementForm = { kind: 'opaque', evaluatedFrom: 0, runsOthers: true };

/** Administrative statements, which concern the server and run no other statements. */
const BEYOND = [
  'BACKUP',
  'BINLOG',
  'CACHE',
  'CHANGE',
  'CLONE',
  'FLUSH',
  'HANDLER',
  'IMPORT',
  'INSTALL',
  'KILL',
  'LOAD',
  'LOCK',
  'PURGE',
  'RESET',
  'RESTART',
  'SHUTDOWN',
  'START',
  'STOP',
  'UNINSTALL',
  'UNLOCK',
];

function setForm(tokens: readonly SqlToken[]): StatementForm {
  const { what, names, inner } = parseSet(tokens);
  if (what === 'transaction') return { kind: 'control', evaluatedFrom: 0 };
  const kind = what === 'session' ? 'session' : 'opaque';
  return { kind, evaluatedFrom: 0, sets: names, ...(inner !== undefined && { inner }) };
}

/** The form of a query with common table expressions, which the first word after them decides. */
function withForm(tokens: readonly SqlToken[]): StatementForm {
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth++;
    else if (isSymbol(token, ')')) depth--;
    else if (depth === 0 && isWord(token, ...WRITES)) return { kind: 'write', evaluatedFrom: 0 };
    else if (depth === 0 && isWord(token, 'SELECT', 'TABLE', 'VALUES'))
      return { kind: 'read', evaluatedFrom: 0 };
  }
  // `WITH a AS (…) (SELECT …)`: a query in brackets can only read.
  const isQuery = isSymbol(tokens.at(-1), ')') && tokens.some((token) => isWord(token, 'SELECT'));
  return isQuery && !tokens.some((token) => isWord(token, ...WRITES))
    ? { kind: 'read', evaluatedFrom: 0 }
    : RUNS_OTHERS;
}

/** The form of EXPLAIN. EXPLAIN ANALYZE (MySQL) and ANALYZE (MariaDB) run the statement. */
function explainForm(tokens: readonly SqlToken[]): StatementForm {
  const isAnalyze = isWord(tokens[0], 'ANALYZE');
  if (isAnalyze && isWord(tokens[1], 'TABLE', 'TABLES', 'LOCAL', 'NO_WRITE_TO_BINLOG'))
    return { kind: 'ddl', evaluatedFrom: tokens.length };
  if (!isAnalyze && !isWord(tokens[1], 'ANALYZE')) return { kind: 'read', evaluatedFrom: 0 };
  const inner = tokens.findIndex((token) => isWord(token, ...EXPLAINED));
  return inner < 0 ? RUNS_OTHERS : { kind: 'opaque', evaluatedFrom: 0, inner };
}

function definitionForm(tokens: readonly SqlToken[]): StatementForm {
  const at = tableWord(tokens);
  const isTemporary = at > 0 && isWord(tokens[at - 1], 'TEMPORARY');
  // It commits, unlike a temporary table, although it ends with the session.
  if (isTemporary && isWord(tokens[at], 'SEQUENCE'))
    return { kind: 'opaque', evaluatedFrom: tokens.length };
  const isCreate = isWord(tokens[0], 'CREATE');
  if (at < 0 || !isCreate) {
    const isDatabase = isWord(tokens[0], 'DROP') && isWord(tokens[1], 'DATABASE', 'SCHEMA');
    const kind = isTemporary && isWord(tokens[0], 'DROP') ? 'session' : 'ddl';
    return { kind, evaluatedFrom: tokens.length, changesDatabase: isDatabase };
  }
  // Column defaults, checks and generated columns can call only built-in functions.
  const query = queryOfTable(tokens, at + 1);
  return {
    kind: isTemporary ? 'session' : 'ddl',
    evaluatedFrom: query < 0 ? tokens.length : query,
  };
}

/** The index of TABLE or SEQUENCE in CREATE and DROP; -1 for any other object. */
export function tableWord(tokens: readonly SqlToken[]): number {
  const at = areWords(tokens, 1, 'OR', 'REPLACE') ? 3 : 1;
  const place = isWord(tokens[at], 'TEMPORARY') ? at + 1 : at;
  return isWord(tokens[place], 'TABLE', 'TABLES', 'SEQUENCE') ? place : -1;
}
