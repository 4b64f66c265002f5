import type { Connection, QueryResult, RowDataPacket } from 'mysql2';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { type StateRow, stateFrom, stateQuery } from '../bookkeeping/read-state.ts';
import { query } from '../connection/query.ts';
import type { Cluster } from './cluster.ts';
import { takeFence } from './fence.ts';
import {
  isLockTaken,
  isOurs,
  type LockAnswers,
  lockValues,
  readLock,
  releaseInAnySession,
  START_WRITING,
  takeFreeKnexLock,
  toValue,
} from './knex-lock.ts';
import {
  inLock,
  inTables,
  isLockTableMissing,
  type Statement,
  send,
  type TakeLocksOptions,
  type TakenLocks,
} from './lock-packet.ts';
import {
  clusterUnsupported,
  lockRefusal,
  lockSetOnCluster,
  type RefusalContext,
} from './lock-refusal.ts';
import { type HeldLock, randomLockValue } from './lock-value.ts';

/**
 * Takes the locks on a node of a cluster. The fence keeps migrators on this node apart. Migrators on other nodes
 * see Knex's row after it is committed: if two nodes change the same row, the cluster refuses one of the
 * COMMITs. The row is therefore committed before anything else. The applied migrations are read after that,
 * because a successful commit has seen everything before it.
 *
 * A lock that is set is never cleared, because a node does not show the sessions of other nodes.
 */
export async function takeOnCluster(
  connection: Connection,
  options: TakeLocksOptions,
  cluster: Cluster,
): Promise<TakenLocks> {
  const { database, fence, waitSeconds, tables, stored } = options;
  if (cluster.kind === 'NDB Cluster') throw clusterUnsupported(cluster, tables);
  const lock: HeldLock = {
    connectionId: connection.threadId,
    value: randomLockValue(),
    node: cluster.node,
  };
  const packet: Statement[] = [
    ['fence', takeFence(fence, waitSeconds)],
    ...inTables(stored, tables),
    ...inLock(
      stored.are === 'complete'
        ? takeFreeKnexLock(tables, lock.value)
        : makeClusterLock(tables, lock.value),
    ),
    ['lock', 'COMMIT'],
  ];
  const context = { tables, database, fence, cluster };
  const sent = await send(connection, packet);
  if ('error' in sent) {
    if (isLockTableMissing(sent, stored)) {
      await query(connection, 'ROLLBACK');
      return takeOnCluster(connection, { ...options, stored: { are: 'missing' } }, cluster);
    }
    throw await lockRefusal(connection, sent.step, sent.error, context);
  }
  try {
    if (!isTaken(sent.answers, lock)) await takeAgain(connection, lock, context);
    const [, rows = [], state = []] = await query<RowDataPacket[][]>(
      connection,
      `${START_WRITING};\n${readLock(tables.lock)};\n${stateQuery(tables)}`,
    );
    // Plain Knex on another node may have created a second row at the same moment.
    if (!isOurs(rows.map(toValue), lock.value)) throw lockSetOnCluster(cluster, tables);
    return { state: stateFrom(state as StateRow[]), notes: [], lock };
  } catch (error) {
    // The lock is committed, so the end of the session does not roll it back.
    await query(connection, releaseInAnySession(tables, lock)).catch(() => {});
    throw await lockRefusal(connection, 'state', error, context);
  }
}

/** Tries again: after creating tables, an existing row may still be free; with existing tables, the row may be missing. */
async function takeAgain(
  connection: Connection,
  lock: HeldLock,
  context: RefusalContext & { readonly cluster: Cluster },
): Promise<void> {
  const { tables, cluster } = context;
  const rows = await lockValues(connection, tables.lock);
  if (rows.some((value) => value !== 0)) throw lockSetOnCluster(cluster, tables);
  const take = rows.length === 0 ? makeClusterLock : takeFreeKnexLock;
  const statements = [...take(tables, lock.value), 'COMMIT'];
  const sent = await send(connection, inLock(statements));
  if ('error' in sent) throw await lockRefusal(connection, sent.step, sent.error, context);
  if (!isTaken(sent.answers, lock)) throw lockSetOnCluster(cluster, tables);
}

/** Whether the lock is taken, by the answers before that of the COMMIT. */
function isTaken(answers: readonly QueryResult[], { value }: HeldLock): boolean {
  return isLockTaken(answers.slice(-3, -1) as unknown as LockAnswers, value);
}

/**
 * Creates the lock's row with the key that it has on a standalone server: the nodes of a cluster count
 * differently, and two rows with different keys would not conflict.
 */
function makeClusterLock({ lock }: KnexTables, value: number): string[] {
  return [
    START_WRITING,
    `INSERT INTO ${lock} (\`index\`, is_locked) SELECT 1, ${value} FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ${lock})`,
    readLock(lock),
  ];
}
