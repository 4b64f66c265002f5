/** How long one statement of a migration may run, and what ends it. */
export interface StatementTimeout {
  readonly seconds: number;
  /** Ends what runs on the connection with this id, over another connection. */
  kill(connectionId: number): Promise<void>;
}

/**
 * Waits for a statement, and has it killed when its time is up. `onKill` is told before it is: the
 * statement then fails with what the server says of one that was interrupted.
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
    // If it cannot be killed it goes on, as it would without a timeout.
    killing = timeout.kill(connectionId).catch(() => {});
  }, timeout.seconds * 1_000);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
    // A kill that is under way must not hit the next statement.
    await killing;
  }
}
