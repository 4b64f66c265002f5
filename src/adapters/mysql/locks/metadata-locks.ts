import type { Connection, RowDataPacket } from 'mysql2';
import { PROCESS_LIST } from '../connection/process-list.ts';
import { query } from '../connection/query.ts';
import { type Session, toSession } from '../connection/sessions.ts';

/** The kind of a lock for which another session may have to wait. */
export type MetadataLockKind =
  /** FLUSH TABLES WITH READ LOCK. */
  | 'global read lock'
  /** LOCK INSTANCE FOR BACKUP, BACKUP STAGE. */
  | 'backup lock'
  /** The lock of a statement that changes the database itself. */
  | 'database'
  /** The lock of LOCK TABLES, of a running statement, or of an open transaction that has used the table. */
  | 'table';

/** A lock of another session. */
export interface LockHolder {
  /** Only the id, if this login may not see the sessions of other users. */
  readonly session: Session | { readonly id: number };
  readonly lock: MetadataLockKind;
  /** The table, for a lock on a table. */
  readonly table?: string | undefined;
  /** The server's name of the mode: `SHARED_WRITE`. */
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
  /** Of this connection; absent in the plugin's rows. */
  readonly isOwn?: number | undefined;
}

/**
 * Reads MariaDB's plugin METADATA_LOCK_INFO, which any login may read if it is installed. It shows granted locks.
 */
const BY_PLUGIN = `SELECT l.THREAD_ID AS id, p.USER AS user, p.TIME AS seconds, LEFT(p.INFO, 2000) AS info,
    l.LOCK_TYPE AS type, l.LOCK_MODE AS mode, l.TABLE_NAME AS name
  FROM information_schema.METADATA_LOCK_INFO AS l LEFT JOIN ${PROCESS_LIST} AS p ON p.ID = l.THREAD_ID
  WHERE l.THREAD_ID <> CONNECTION_ID() AND (l.LOCK_TYPE NOT LIKE '%able%' AND l.LOCK_TYPE NOT LIKE '%chema%' OR l.TABLE_SCHEMA = DATABASE())`;

/**
 * Reads the performance schema of MySQL, or of MariaDB if it is enabled; needs the privilege to read it. The locks of
 * this query itself come along: without them the server does not collect any.
 */
const BY_PERFORMANCE_SCHEMA = `SELECT t.PROCESSLIST_ID AS id, t.PROCESSLIST_USER AS user, t.PROCESSLIST_TIME AS seconds,
    LEFT(t.PROCESSLIST_INFO, 2000) AS info, l.OBJECT_TYPE AS type, l.LOCK_TYPE AS mode, l.OBJECT_NAME AS name,
    t.PROCESSLIST_ID = CONNECTION_ID() AS isOwn
  FROM performance_schema.metadata_locks AS l JOIN performance_schema.threads AS t ON t.THREAD_ID = l.OWNER_THREAD_ID
  WHERE l.LOCK_STATUS = 'GRANTED'
    AND (l.OBJECT_TYPE NOT IN ('TABLE', 'SCHEMA') OR l.OBJECT_SCHEMA = DATABASE() OR t.PROCESSLIST_ID = CONNECTION_ID())`;

/**
 * Reads the metadata locks of other sessions for which a statement in this database may have to wait, the
 * strongest one per session, strongest first. A transaction keeps one on each table that it has used, so the
 * holders of row locks are included. `undefined` if the server shows this login no locks at all.
 *
 * @param tables names in lower case; locks on other tables are left out. Default: all of the database.
 */
export async function readLockHolders(
  connection: Connection,
  tables?: ReadonlySet<string>,
): Promise<LockHolder[] | undefined> {
  const rows = await readLockRows(connection);
  if (rows === undefined) return undefined;
  const holders = rows.flatMap((row) => toHolder(row) ?? []);
  return strongestOfEach(
    holders.filter(
      ({ table }) => table === undefined || (tables?.has(table.toLowerCase()) ?? true),
    ),
  );
}

/** A missing plugin, schema or privilege is an error; if there are no locks, there are no rows. */
async function readLockRows(connection: Connection): Promise<LockRow[] | undefined> {
  const read = (sql: string) => query<LockRow[]>(connection, sql).catch(() => undefined);
  const shown = await read(BY_PLUGIN);
  if (shown !== undefined) return shown;
  const rows = await read(BY_PERFORMANCE_SCHEMA);
  const collects = rows?.some(({ isOwn }) => Number(isOwn) === 1) ?? false;
  return collects ? rows?.filter(({ isOwn }) => Number(isOwn) !== 1) : undefined;
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
 * The kind of a lock; `undefined` if it blocks nobody. Every write has an intention lock above its table, which
 * does not block: a BACKUP lock on MariaDB, a GLOBAL lock on MySQL.
 */
function lockOf(type: string, mode: string): MetadataLockKind | undefined {
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

/** Matches the modes of BACKUP STAGE; MySQL's LOCK INSTANCE FOR BACKUP has SHARED. */
const BACKUP_OBSTACLE = /^BACKUP_(FLUSH|WAIT_|BLOCK_)/;

const STRENGTH: readonly MetadataLockKind[] = [
  'global read lock',
  'backup lock',
  'database',
  'table',
];
/** Modes of table locks, strongest first; other modes are weaker. */
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
