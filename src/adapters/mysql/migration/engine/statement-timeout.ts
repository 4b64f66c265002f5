/** The time limit of a statement, and the way to kill it. */
export interface StatementTimeout {
  readonly seconds: number;
  /** Kills the statement on the connection with this id, over another connection. */
  kill(connectionId: number): Promise<void>;
}

/**
 * Waits for a statement and kills it after the timeout. `onKill` is called first; the statement then fails with
 * the server's error for an interrupted statement.
 */
export async function withinTime<Answer>(
  running: Promise<Answer>,
  connectionId: number,
  timeout: StatementTimeout | undefined,
  onKill: () => void,
): Promise<Answer> {
  if (timeout === undefined) return running;
  let killing: Promise<void> | undefined;
  const timer = setTimeout(() => {
    onKill();
    // If it cannot be killed, it continues as without a timeout.
    killing = timeout.kill(connectionId).catch(() => {});
  }, timeout.seconds * 1_000);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
    // A kill in progress must not hit the next statement.
    await killing;
  }
}
