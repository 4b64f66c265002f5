import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import type { ExpectedState } from '../../../core/migrate/expected-state.ts';
import { ERRNO } from '../../server/errno.ts';
import type { ServerError } from '../../server/server-error.ts';
import { type StateRow, stateFrom, stateQuery } from '../bookkeeping/read-state.ts';
import { query } from '../connection/query.ts';
import { checkExpected } from './check-expected.ts';
import { checkAlone, isClustered, isKnownAlone, readCluster, rememberAlone } from './cluster.ts';
import { checkDirect } from './direct-session.ts';
import { releaseFence, takeFence } from './fence.ts';
import { isLockTaken, type LockAnswers, makeKnexLock, takeFreeKnexLock } from './knex-lock.ts';
import {
  inLock,
  inTables,
  isLockTableMissing,
  type LockedSession,
  type Look,
  type SessionAsItIs,
  type Statement,
  send,
  type TakeLocksOptions,
  type TakenLocks,
} from './lock-packet.ts';
import { lockRefusal } from './lock-refusal.ts';
import { type HeldLock, lockValueOf } from './lock-value.ts';
import { takeOnCluster } from './take-on-cluster.ts';
import { takeSetKnexLock } from './take-set-lock.ts';

/**
 * Takes the fence, then Knex's lock, and reads the applied migrations again, because another migrator may have
 * been faster. All of it is one packet, in which the server stops at the first lock that is not free. The
 * transaction that takes Knex's lock stays open and is committed by the next packet. On a cluster, in which only
 * one node has the fence, Knex's lock is committed before anything else.
 *
 * Throws `TenantBusy` (retryable), which names the holder, if another migrator or plain Knex is working;
 * `ConnectionMultiplexed` and `FenceUnsupported` if nothing could keep two migrators apart; `LockWaitTimeout`,
 * `ServerReadOnly` and `PrivilegeMissing` for other obstacles.
 */
export async function takeLocks(
  connection: Connection,
  options: TakeLocksOptions,
): Promise<LockedSession> {
  const { database, fence, tables, stored } = options;
  const sent = await sendLockPacket(connection, options);
  if ('taken' in sent) return sent.taken;
  const { step, error } = sent;
  if (isClustered(error)) {
    const cluster = await readCluster(connection);
    if (cluster !== undefined) {
      const session = sessionFrom(await query<RowDataPacket[]>(connection, SESSION_AS_IT_IS));
      return { ...(await takeOnCluster(connection, options, cluster)), session };
    }
    rememberAlone(connection);
    return takeLocks(connection, options);
  }
  if (isLockTableMissing(sent, stored)) {
    await query(connection, 'ROLLBACK');
    return takeLocks(connection, { ...options, stored: { are: 'missing' } });
  }
  throw await lockRefusal(connection, step, error, { tables, database, fence, cluster: undefined });
}

/**
 * Takes the locks before the database was asked, if it is in the expected state. Returns `undefined` if it is not, if
 * the fence is not free at once, or if anything about the server or the tables is unusual; it has not kept or changed
 * anything then. The errors are those of {@link takeLocks}.
 *
 * @param timeoutMs the time that the answer may take, in milliseconds
 */
export async function takeLocksAhead(
  connection: Connection,
  options: TakeLocksOptions,
  expected: ExpectedState,
  timeoutMs: number,
): Promise<LockedSession | undefined> {
  const { database, fence, tables } = options;
  const stored = { are: expected.kind === 'fresh' ? 'missing' : 'complete' } as const;
  const ahead = { ...options, stored, waitSeconds: 0 };
  const sent = await sendLockPacket(connection, ahead, { expected, timeoutMs });
  if ('taken' in sent) return sent.taken;
  const { step, error } = sent;
  if (step === 'session' || step === 'expected' || step === 'fence') return undefined;
  // A table or a column of the journal is usually missing, which takes another question.
  if (step === 'state' || isLockTableMissing(sent, stored)) {
    await query(connection, `ROLLBACK;\n${releaseFence(fence)}`);
    return undefined;
  }
  throw await lockRefusal(connection, step, error, { tables, database, fence, cluster: undefined });
}

const DEADLOCK = ERRNO.ER_LOCK_DEADLOCK;

type Failed = Extract<Awaited<ReturnType<typeof send>>, { error: ServerError }>;

/** Sends the packet; `expected` is checked before the fence is taken. */
async function sendLockPacket(
  connection: Connection,
  options: TakeLocksOptions,
  { expected, timeoutMs }: { expected?: ExpectedState; timeoutMs?: number } = {},
): Promise<{ taken: LockedSession } | Failed> {
  const { fence, waitSeconds, settings, tables, stored, lookAt } = options;
  const id = connection.threadId;
  const lock: HeldLock = {
    connectionId: id,
    value: lockValueOf({ id, user: String(connection.config.user) }),
  };
  const isKnown = isKnownAlone(connection);
  const packet: Statement[] = [
    ['session', checkDirect(connection)],
    ['session', SESSION_AS_IT_IS],
    ['session', settings],
    ...(isKnown ? [] : [['session', checkAlone()] as const]),
    ...(expected ? [['expected', checkExpected(connection, expected, options)] as const] : []),
    ['fence', takeFence(fence, waitSeconds)],
    ...inTables(stored, tables),
    ...inLock(
      stored.are === 'complete'
        ? takeFreeKnexLock(tables, lock.value)
        : makeKnexLock(tables, lock.value),
    ),
    ['state', stateQuery(tables)],
  ];
  const look: Statement[] =
    lookAt === undefined ? [] : [['look', `SHOW CREATE TABLE ${escapeId(lookAt, true)}`]];
  const sent = await send(connection, [...packet, ...look], timeoutMs);
  // After a deadlock the lock may be rolled back. Any other failure of the look has no effect: the table is read again
  // where it is needed, which explains the error.
  const isOnlyLook = 'error' in sent && sent.step === 'look' && sent.error.errno !== DEADLOCK;
  if ('error' in sent && !isOnlyLook) return sent;
  const answers = 'error' in sent ? sent.before : sent.answers;
  if (!isKnown) rememberAlone(connection);
  const session = sessionFrom(answers[1]);
  const [updated, rows, state] = answers.slice(packet.length - 3) as [...LockAnswers, StateRow[]];
  const taken = isLockTaken([updated, rows], lock.value)
    ? { state: stateFrom(state), notes: [], lock }
    : await takeAgain(connection, options, lock);
  return { taken: { ...taken, session, look: lookFrom(answers[packet.length], lookAt) } };
}

async function takeAgain(
  connection: Connection,
  { tables, database, fence }: TakeLocksOptions,
  lock: HeldLock,
): Promise<TakenLocks> {
  try {
    const { notes, stale } = await takeSetKnexLock(connection, tables, lock.value);
    const again = await query<StateRow[]>(connection, stateQuery(tables));
    return { state: stateFrom(again, stale), notes, lock, stale };
  } catch (error) {
    throw await lockRefusal(connection, 'lock', error, {
      tables,
      database,
      fence,
      cluster: undefined,
    });
  }
}

const SESSION_AS_IT_IS =
  'SELECT @@sql_mode AS sqlMode, @@max_allowed_packet AS maxPacketBytes, @@default_storage_engine AS engine';

/** A view has no such column, and is read again where it is needed. */
function lookFrom(answer: unknown, table: string | undefined): Look | undefined {
  const [row] = (answer ?? []) as RowDataPacket[];
  const definition: unknown = row?.['Create Table'];
  return table !== undefined && typeof definition === 'string' ? { table, definition } : undefined;
}

function sessionFrom(answer: unknown): SessionAsItIs {
  const [row] = answer as [{ sqlMode: unknown; maxPacketBytes: unknown; engine: unknown }];
  return {
    sqlMode: String(row.sqlMode),
    maxPacketBytes: Number(row.maxPacketBytes),
    isInnoDb: /^innodb$/i.test(String(row.engine)),
  };
}
