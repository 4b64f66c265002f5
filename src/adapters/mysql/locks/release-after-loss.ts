import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { query } from '../connection/query.ts';
import { findSession } from '../connection/sessions.ts';
import { readCluster } from './cluster.ts';
import { checkDirect } from './direct-session.ts';
import { releaseFence, takeFence } from './fence.ts';
import { releaseInAnySession } from './knex-lock.ts';
import type { HeldLock } from './lock-value.ts';

/** Connects as the same user to the same database, passes the connection to `work` and closes it. */
export type Reconnect = (work: (connection: Connection) => Promise<void>) => Promise<void>;

export interface ReleaseOptions {
  readonly tables: KnexTables;
  /** The name of the fence. */
  readonly fence: string;
  readonly lock: HeldLock;
}

/** The time to wait for the fence, which a statement keeps that outlives its client. */
const WAIT_SECONDS = 5;
const LOOK_AGAIN_MS = 50;

/**
 * Releases Knex's lock if the normal release has failed, so that a run that has ended does not block plain Knex.
 * It first tries the session, in any state in which a migration may have left it. If the session is lost, it
 * uses a new connection, under the fence and after the server has ended the old session. Only a row with this
 * run's value is released.
 *
 * Never throws: the next run clears a lock that could not be released, because its session has ended; on a
 * cluster, a person must clear it.
 */
export async function releaseAfterLoss(
  connection: Connection,
  reconnect: Reconnect,
  options: ReleaseOptions,
): Promise<void> {
  const { tables, fence, lock } = options;
  try {
    await query(connection, `${releaseInAnySession(tables, lock)};\n${releaseFence(fence)}`);
  } catch {
    // The server keeps the session as long as the client's socket is open.
    connection.destroy();
    await reconnect((again) => releaseOver(again, options)).catch(() => {});
  }
}

async function releaseOver(
  connection: Connection,
  { tables, fence, lock }: ReleaseOptions,
): Promise<void> {
  const settings = `SET SESSION lock_wait_timeout = ${WAIT_SECONDS}, innodb_lock_wait_timeout = ${WAIT_SECONDS}`;
  await query(
    connection,
    [checkDirect(connection), settings, takeFence(fence, WAIT_SECONDS)].join(';\n'),
  );
  // Another node does not show the session, which may still be working on its node.
  const node = lock.node === undefined ? undefined : (await readCluster(connection))?.node;
  if (node === lock.node && (await isGone(connection, lock.connectionId)))
    await query(connection, releaseInAnySession(tables, lock));
  await query(connection, releaseFence(fence));
}

/** Whether the session has left the server's process list, which always shows sessions of the same user. */
async function isGone(connection: Connection, id: number): Promise<boolean> {
  for (const until = performance.now() + WAIT_SECONDS * 1_000; performance.now() < until; ) {
    if ((await findSession(connection, id)) === undefined) return true;
    await sleep(LOOK_AGAIN_MS);
  }
  return false;
}
