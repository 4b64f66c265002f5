import type { Connection } from 'mysql2';
import { killText } from '../../../core/wording/account-sql.ts';
import { readOtherSessions } from '../connection/process-list.ts';
import {
  describeSession,
  type Session,
  seesAllSessions,
  sessionsOnThisDatabase,
} from '../connection/sessions.ts';
import { readInnodbTransactions } from './innodb-transactions.ts';
import { type LockHolder, readLockHolders } from './metadata-locks.ts';

/** The sessions that may have held the lock for which a statement waited without success. */
export interface Blockers {
  /**
   * `shown`: the server shows locks, and these sessions hold them (none if they have ended since).
   * `transactions`: the server shows open transactions on this database, one of which may have held it.
   * `sessions`: the server shows only other sessions on the database.
   */
  readonly known: 'shown' | 'transactions' | 'sessions';
  /** Holders of locks, strongest lock first; only for `shown`. */
  readonly holders: readonly LockHolder[];
  /** Sessions whose locks are not visible. */
  readonly sessions: readonly Session[];
  /** Whether other sessions wait for a lock on the whole server, so that somebody must hold one. */
  readonly serverIsLocked: boolean;
  /** Whether this login sees the sessions of all users. */
  readonly seesAll: boolean;
}

/** The maximum number of sessions to name. */
const MOST = 3;

/**
 * Finds sessions that may block: by metadata locks if the server shows them (METADATA_LOCK_INFO or the
 * performance schema), else by open transactions (with the PROCESS privilege), else by the sessions on this
 * database. Changes nothing, and waits for nothing. Throws if the connection is lost.
 */
export async function findBlockers(connection: Connection): Promise<Blockers> {
  const holders = await readLockHolders(connection);
  if (holders !== undefined) {
    const serverIsLocked = holders.some(({ lock }) => /^(global|backup)/.test(lock));
    return { known: 'shown', holders, sessions: [], serverIsLocked, seesAll: true };
  }
  const seesAll = await seesAllSessions(connection);
  const waiting = await readOtherSessions(connection, { state: WAITS_FOR_SERVER }).catch(() => []);
  const common = { holders: [], serverIsLocked: waiting.length > 0, seesAll };
  const others = await sessionsOnThisDatabase(connection);
  const open = await readInnodbTransactions(connection).catch(() => []);
  const ids = new Set(open.map(({ id }) => id));
  const transactions = others.filter(({ id }) => ids.has(id));
  return transactions.length > 0
    ? { ...common, known: 'transactions', sessions: transactions }
    : { ...common, known: 'sessions', sessions: others };
}

/** States of sessions that wait for FLUSH TABLES WITH READ LOCK or for a backup. */
const WAITS_FOR_SERVER = [
  'Waiting for global read lock',
  'Waiting for backup lock',
  'Waiting for commit lock',
];

/**
 * Describes the sessions that may have held the lock for which a statement waited without success, in sentences;
 * `undefined` if the server shows locks but no holder.
 *
 * @param waiting the waiting session, if it is not that of this connection
 */
export async function describeBlockers(
  connection: Connection,
  waiting?: number,
): Promise<string | undefined> {
  try {
    const { holders, sessions, ...found } = await findBlockers(connection);
    return inWords({
      ...found,
      holders: holders.filter(({ session }) => session.id !== waiting),
      sessions: sessions.filter(({ id }) => id !== waiting),
    });
  } catch {
    // The lock is the failure; that no holder can be named is not another one.
    return undefined;
  }
}

function inWords({
  known,
  holders,
  sessions,
  serverIsLocked,
  seesAll,
}: Blockers): string | undefined {
  if (known === 'shown') {
    if (holders.length === 0) return undefined;
    const named = holders.slice(0, MOST);
    return `Locks are held by ${named.map(describeHolder).join('; ')}. ${killAll(named.map(({ session }) => session))}`;
  }
  const named = sessions.slice(0, MOST).map(describeSession).join('; ');
  const sentences = [
    serverIsLocked &&
      'Others wait for a lock on the whole server, by FLUSH TABLES WITH READ LOCK or a backup.',
    named !== '' &&
      (known === 'transactions'
        ? `Open transactions on this database: ${named}. ${killAll(sessions.slice(0, MOST))}`
        : `Also on this database: ${named}.`),
    !seesAll && HIDDEN,
  ].filter((sentence) => sentence !== false);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

function killAll(sessions: readonly { readonly id: number }[]): string {
  return `To end ${sessions.length === 1 ? 'that session' : 'these sessions'}, as an administrator: ${sessions.map(({ id }) => killText(id)).join(' ')}`;
}

const HIDDEN =
  'Sessions of other users are hidden from this login, which needs the PROCESS privilege, or SELECT on performance_schema, to name them.';

/** Describes a holder: `connection 42 (user app), idle for 30 s: a lock on the table "orders" (SHARED_WRITE)`. */
function describeHolder({ session, lock, table, mode }: LockHolder): string {
  const who =
    'user' in session
      ? describeSession(session)
      : `connection ${session.id}, hidden from this login`;
  return `${who}: ${HELD[lock]}${table === undefined ? '' : ` "${table}"`} (${mode})`;
}

const HELD: Readonly<Record<LockHolder['lock'], string>> = {
  'global read lock': 'a read lock on the whole server, as of FLUSH TABLES WITH READ LOCK',
  'backup lock': 'a lock of a backup on the whole server',
  database: 'a lock on this database',
  table: 'a lock on the table',
};
