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
 * Takes the locks on a node of a cluster. The fence keeps migrators on this node apart. Those on other
 * nodes see Knex's row, once it is committed: of two transactions that change one row on two nodes the
 * cluster refuses one at its COMMIT, so the row is committed before anything else. What is applied is
 * read after that: a commit that goes through has seen all that came before it.
 *
 * A lock that is set stays set: a node does not show the sessions of the others.
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
    // Plain Knex on another node may have made a row of its own at the same moment.
    if (!isOurs(rows.map(toValue), lock.value)) throw lockSetOnCluster(cluster, tables);
    return { state: stateFrom(state as StateRow[]), notes: [], lock };
  } catch (error) {
    // It is committed: the end of the session does not roll it back.
    await query(connection, releaseInAnySession(tables, lock)).catch(() => {});
    throw await lockRefusal(connection, 'state', error, context);
  }
}

/** With the tables made, a row that is there may still be free; with the tables there, a row may be missing. */
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

/** By the answers that come before that of the COMMIT. */
function isTaken(answers: readonly QueryResult[], { value }: HeldLock): boolean {
  return isLockTaken(answers.slice(-3, -1) as unknown as LockAnswers, value);
}

/**
 * Makes the lock's row under the key that it would have on a server alone: the nodes of a cluster
 * count differently, and two rows under two keys would be no conflict.
 */
function makeClusterLock({ lock }: KnexTables, value: number): string[] {
  return [
    START_WRITING,
    `INSERT INTO ${lock} (\`index\`, is_locked) SELECT 1, ${value} FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ${lock})`,
    readLock(lock),
  ];
}
