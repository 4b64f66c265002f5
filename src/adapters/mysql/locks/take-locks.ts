import type { Connection, RowDataPacket } from 'mysql2';
import { type StateRow, stateFrom, stateQuery } from '../bookkeeping/read-state.ts';
import { query } from '../connection/query.ts';
import { checkAlone, isClustered, isKnownAlone, readCluster, rememberAlone } from './cluster.ts';
import { checkDirect } from './direct-session.ts';
import { takeFence } from './fence.ts';
import { isLockTaken, type LockAnswers, makeKnexLock, takeFreeKnexLock } from './knex-lock.ts';
import {
  inLock,
  inTables,
  isLockTableMissing,
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
): Promise<TakenLocks & { readonly session: SessionAsItIs }> {
  const { database, fence, waitSeconds, settings, tables, stored } = options;
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
    ['fence', takeFence(fence, waitSeconds)],
    ...inTables(stored, tables),
    ...inLock(
      stored.are === 'complete'
        ? takeFreeKnexLock(tables, lock.value)
        : makeKnexLock(tables, lock.value),
    ),
    ['state', stateQuery(tables)],
  ];
  const sent = await send(connection, packet);
  if ('answers' in sent) {
    if (!isKnown) rememberAlone(connection);
    const [updated, rows, state] = sent.answers.slice(-3);
    const session = sessionFrom(sent.answers[1]);
    if (isLockTaken([updated, rows] as LockAnswers, lock.value))
      return { state: stateFrom(state as StateRow[]), notes: [], lock, session };
    return { ...(await takeAgain(connection, options, lock)), session };
  }
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

function sessionFrom(answer: unknown): SessionAsItIs {
  const [row] = answer as [{ sqlMode: unknown; maxPacketBytes: unknown; engine: unknown }];
  return {
    sqlMode: String(row.sqlMode),
    maxPacketBytes: Number(row.maxPacketBytes),
    isInnoDb: /^innodb$/i.test(String(row.engine)),
  };
}
