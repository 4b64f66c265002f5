import type { Connection } from 'mysql2';

const PING_MS = 30_000;

/**
 * Keeps a session alive while nothing is sent on it. During a statement at most one ping is queued.
 *
 * @returns stops the pings
 */
export function pingWhileIdle(connection: Connection): () => void {
  let waiting = false;
  const timer = setInterval(() => {
    if (waiting) return;
    waiting = true;
    connection.ping(() => {
      waiting = false;
    });
  }, PING_MS);
  timer.unref();
  return () => clearInterval(timer);
}
