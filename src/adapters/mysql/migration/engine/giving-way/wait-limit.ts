import type { MigrationSession } from '../migration-session.ts';
import type { PieceText } from '../piece-texts.ts';
import type { QueueLimit } from './queue-limit.ts';

/**
 * The server's own limit for a lock, in whole seconds: MySQL has no smaller unit. It applies if this process ends
 * while the statement waits, because a server may go on waiting for a client that is gone, and if the second
 * connection cannot be opened.
 */
function tighten(seconds: number): string {
  return `SET @fanfold_lock_wait = @@SESSION.lock_wait_timeout, SESSION lock_wait_timeout = CAST(LEAST(@@SESSION.lock_wait_timeout, ${seconds}) AS UNSIGNED)`;
}

/** `queueMs` in seconds, as the server counts them: at least 1. */
export function wholeSeconds(queueMs: number): number {
  return Math.max(1, Math.ceil(queueMs / 1_000));
}

/** Restores the limit of the session, which the migration may have set itself. */
const RESTORE =
  'SET SESSION lock_wait_timeout = CAST(COALESCE(@fanfold_lock_wait, @@SESSION.lock_wait_timeout) AS UNSIGNED)';

/** The limit for the next statement, to be sent directly before it; nothing if it has it already. */
export function limitedWait(session: MigrationSession, queue: QueueLimit): PieceText[] {
  const seconds = wholeSeconds(queue.queueMs);
  if (session.tightSeconds === seconds) return [];
  const texts = ownWait(session);
  session.tightSeconds = seconds;
  return [...texts, { piece: 'wait limit', sql: tighten(seconds) }];
}

/** The session's own limit again, to be sent before everything that does not queue; nothing if it has it already. */
export function ownWait(session: MigrationSession): PieceText[] {
  if (session.tightSeconds === undefined) return [];
  session.tightSeconds = undefined;
  return [{ piece: 'wait limit', sql: RESTORE }];
}
