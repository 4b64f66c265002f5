/**
 * The cause that an execution shows when its run failed for its tenants: what failed, and after that
 * the next step for a person who reads it in the console. Both sides of the cause are written here,
 * because a deployment that waits for the run shows its message with another next step.
 */
const NEXT_STEP = ' Next step: ';

/** The cause as SettleRun fails with it. */
export function runCause(message: string, nextStep: string): string {
  return `${message}${NEXT_STEP}${nextStep}`;
}

/** The message of such a cause; a cause without a next step is all message. */
export function messageOfRunCause(cause: string): string {
  const end = cause.lastIndexOf(NEXT_STEP);
  return end < 0 ? cause : cause.slice(0, end);
}
