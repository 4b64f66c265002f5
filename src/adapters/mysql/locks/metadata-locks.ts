import type { Connection, RowDataPacket } from 'mysql2';
import { query } from '../connection/query.ts';
import { type Session, toSession } from '../connection/sessions.ts';

/** A lock of a session that another one may have to wait for. */
export type HeldLock =
  /** FLUSH TABLES WITH READ LOCK. */
  | 'global read lock'
  /** LOCK INSTANCE FOR BACKUP, BACKUP STAGE. */
  | 'backup lock'
  /** Of a statement that changes the database itself. */
  | 'database'
  /** By LOCK TABLES, a statement that runs, or a transaction that has used the table and is open. */
  | 'table';

/** A lock that somebody else holds. */
export interface LockHolder {
  /** The statement it runs is hidden from a login that may not see the sessions of other users. */
  readonly session: Session | { readonly id: number };
  readonly lock: HeldLock;
  /** The table, of a lock on one. */
  readonly table?: string | undefined;
  /** As the server calls it: `SHARED_WRITE`. */
  readonly mode: string;
}

interface LockRow extends RowDataPacket {
  readonly id: number;
  readonly user: string | null;
  readonly seconds: number | null;
  readonly info: string | null;
  readonly type: string;
  readonly mode: string;
  readonly name: string | null;
}

/**
 * MariaDB's plugin METADATA_LOCK_INFO, which any login may read if it is installed. It shows what is
 * granted.
 */
const BY_PLUGIN = `SELECT l.THREAD_ID AS id, p.USER AS user, p.TIME AS seconds, LEFT(p.INFO, 2000) AS info,
    l.LOCK_TYPE AS type, l.LOCK_MODE AS mode, l.TABLE_NAME AS name
  FROM information_schema.METADATA_LOCK_INFO AS l LEFT JOIN information_schema.PROCESSLIST AS p ON p.ID = l.THREAD_ID
  WHERE l.THREAD_ID <> CONNECTION_ID() AND (l.LOCK_TYPE NOT LIKE '%able%' AND l.LOCK_TYPE NOT LIKE '%chema%' OR l.TABLE_SCHEMA = DATABASE())`;

/** MySQL's performance schema, and MariaDB's if it is on, for those who may read it. */
const BY_PERFORMANCE_SCHEMA = `SELECT t.PROCESSLIST_ID AS id, t.PROCESSLIST_USER AS user, t.PROCESSLIST_TIME AS seconds,
    LEFT(t.PROCESSLIST_INFO, 2000) AS info, l.OBJECT_TYPE AS type, l.LOCK_TYPE AS mode, l.OBJECT_NAME AS name
  FROM performance_schema.metadata_locks AS l JOIN performance_schema.threads AS t ON t.THREAD_ID = l.OWNER_THREAD_ID
  WHERE l.LOCK_STATUS = 'GRANTED' AND t.PROCESSLIST_ID <> CONNECTION_ID()
    AND (l.OBJECT_TYPE NOT IN ('TABLE', 'SCHEMA') OR l.OBJECT_SCHEMA = DATABASE())`;

/**
 * Metadata locks of other sessions on which a statement in this database may have to wait, the strongest
 * first, one a session. A transaction keeps one on each table that it has used, so that the holders of
 * row locks are among them. `undefined` if the server shows this login no locks at all.
 */
export async function readLockHolders(connection: Connection): Promise<LockHolder[] | undefined> {
  for (const sql of [BY_PLUGIN, BY_PERFORMANCE_SCHEMA]) {
    const rows = await query<LockRow[]>(connection, sql).catch(() => undefined);
    // A plugin, a schema or a right that is missing is an error; without locks there are no rows.
    if (rows !== undefined) return strongestOfEach(rows.flatMap((row) => toHolder(row) ?? []));
  }
  return undefined;
}

function toHolder(row: LockRow): LockHolder | undefined {
  const type = row.type.toUpperCase().replace(/ (METADATA )?LOCK$/, '');
  const mode = row.mode.replace(/^MDL_/, '');
  const lock = lockOf(type, mode);
  if (lock === undefined) return undefined;
  const { id, user, seconds, info, name } = row;
  return {
    session: user === null ? { id } : toSession({ id, user, seconds: seconds ?? 0, info }),
    lock,
    table: lock === 'table' ? (name ?? undefined) : undefined,
    mode,
  };
}

/**
 * Every statement that writes has an intention lock on what is above its table, which is not an obstacle.
 * MariaDB has BACKUP locks for that, MySQL GLOBAL ones.
 */
function lockOf(type: string, mode: string): HeldLock | undefined {
  switch (type) {
    case 'GLOBAL':
      return mode === 'INTENTION_EXCLUSIVE' ? undefined : 'global read lock';
    case 'BACKUP':
      if (/FTWRL/.test(mode)) return 'global read lock';
      return BACKUP_OBSTACLE.test(mode) || mode === 'SHARED' ? 'backup lock' : undefined;
    case 'SCHEMA':
      return mode === 'INTENTION_EXCLUSIVE' ? undefined : 'database';
    case 'TABLE':
      return 'table';
    default:
      return undefined;
  }
}

/** Of BACKUP STAGE; MySQL's LOCK INSTANCE FOR BACKUP has SHARED. */
const BACKUP_OBSTACLE = /^BACKUP_(FLUSH|WAIT_|BLOCK_)/;

const STRENGTH: readonly HeldLock[] = ['global read lock', 'backup lock', 'database', 'table'];
/** Of locks on tables; others stand behind these. */
const TABLE_STRENGTH = [
  'EXCLUSIVE',
  'SHARED_NO_READ_WRITE',
  'SHARED_NO_WRITE',
  'SHARED_READ_ONLY',
  'SHARED_WRITE',
];

function strongestOfEach(holders: readonly LockHolder[]): LockHolder[] {
  const sorted = [...holders].sort((a, b) => rank(a) - rank(b));
  const seen = new Set<number>();
  return sorted.filter(({ session: { id } }) => !seen.has(id) && seen.add(id));
}

function rank({ lock, mode }: LockHolder): number {
  const strength = TABLE_STRENGTH.indexOf(mode);
  return STRENGTH.indexOf(lock) * 10 + (strength === -1 ? TABLE_STRENGTH.length : strength);
}
