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

/** Connects as the same user to the same database, hands the connection to `work` and closes it. */
export type Reconnect = (work: (connection: Connection) => Promise<void>) => Promise<void>;

export interface ReleaseOptions {
  readonly tables: KnexTables;
  /** Name of the fence. */
  readonly fence: string;
  readonly lock: HeldLock;
}

/** A statement that outlives its client keeps the fence, and is not waited for longer. */
const WAIT_SECONDS = 5;
const LOOK_AGAIN_MS = 50;

/**
 * Gives Knex's lock back if the usual way has failed, so that a run that has ended does not shut
 * plain Knex out: in the session, whatever a migration has made of it; and if the session is lost, over
 * a new connection, under the fence and once the server has no such session any more. Only a row with
 * this run's own value is freed.
 *
 * Never throws: what cannot be given back is cleared by the next run, which finds that its session is
 * gone; on a cluster somebody has to.
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
    // The server takes a session for alive as long as its client's socket is.
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
  // Another node does not show the session, which may still be at work on its own.
  const node = lock.node === undefined ? undefined : (await readCluster(connection))?.node;
  if (node === lock.node && (await isGone(connection, lock.connectionId)))
    await query(connection, releaseInAnySession(tables, lock));
  await query(connection, releaseFence(fence));
}

/** Whether the session has left the server's list, which shows all of one's own user. */
async function isGone(connection: Connection, id: number): Promise<boolean> {
  for (const until = performance.now() + WAIT_SECONDS * 1_000; performance.now() < until; ) {
    if ((await findSession(connection, id)) === undefined) return true;
    await sleep(LOOK_AGAIN_MS);
  }
  return false;
}
