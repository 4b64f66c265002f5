import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import { readOtherSessions } from '../connection/process-list.ts';
import {
  describeSession,
  type Session,
  seesAllSessions,
  sessionsOnThisDatabase,
  toSession,
} from '../connection/sessions.ts';
import {
  isRandomValue,
  isSetByUser,
  type LockValue,
  mayHaveSet,
  namesSession,
} from './lock-value.ts';

/** Whether a set lock can still be held by a session. */
export type LockVerdict =
  /** No session can hold it. */
  | { readonly kind: 'stale'; readonly reason: 'its session is gone' | 'no other session' }
  /** A session holds it, or may hold it; `who` describes that in words. */
  | { readonly kind: 'held'; readonly who: string; readonly isFanfolds: boolean };

/**
 * The time in milliseconds to wait for an ended session to leave the process list, which happens some moments
 * after it has released the fence.
 */
export const LEAVING_MS = 3_000;
const LOOK_AGAIN_MS = 50;

/**
 * Judges the nonzero values in the rows of a lock by the sessions that the server shows. A value that names its
 * session is stale after that session has ended: sessions of the same user are always visible, and those of
 * other users with the PROCESS privilege. Any other value, such as Knex's 1, is stale if all sessions are
 * visible and no other session uses the database. Not for clusters, in which a node shows only its own
 * sessions.
 */
export async function judgeLock(
  connection: Connection,
  values: readonly LockValue[],
  waitMs = 0,
): Promise<LockVerdict> {
  let reason: 'its session is gone' | 'no other session' = 'its session is gone';
  for (const value of new Set(values)) {
    if (namesSession(value)) {
      const holder = await waitForHolder(connection, value, waitMs);
      if (holder !== undefined) return { kind: 'held', who: holder, isFanfolds: true };
      continue;
    }
    reason = 'no other session';
    const held = { kind: 'held', isFanfolds: isRandomValue(value) } as const;
    if (isRandomValue(value))
      return {
        ...held,
        who: 'it was set on a cluster, by a session that this node cannot identify',
      };
    const others = await sessionsOnThisDatabase(connection);
    if (others.length > 0)
      return {
        ...held,
        who: `also on this database: ${others.slice(0, 3).map(describeSession).join('; ')}`,
      };
    if (!(await seesAllSessions(connection)))
      return {
        ...held,
        who: 'this login sees no other session on the database, but may not see all',
      };
  }
  return { kind: 'stale', reason };
}

/** Describes the session that may hold the lock with this value; `undefined` as soon as none can. */
async function waitForHolder(
  connection: Connection,
  value: number,
  waitMs: number,
): Promise<string | undefined> {
  const isOwnUser = isSetByUser(value, String(connection.config.user));
  if (!isOwnUser && !(await seesAllSessions(connection)))
    return 'it was set by a session of another user, which this login may not see';
  for (const until = performance.now() + waitMs; ; ) {
    const [holder] = await sessionsThatMayHaveSet(connection, value);
    if (holder === undefined) return undefined;
    if (performance.now() > until) return describeSession(holder);
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Other sessions of the server, on any database, that may have set the value. */
async function sessionsThatMayHaveSet(connection: Connection, value: number): Promise<Session[]> {
  const others = await readOtherSessions(connection);
  return others.filter((session) => mayHaveSet(value, session)).map(toSession);
}
