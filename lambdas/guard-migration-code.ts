import type { StrayErrors } from '../src/core/ports.ts';
import { thrownText } from '../src/core/thrown-text.ts';
import type { Log } from './log.ts';

let isGuarded = false;

/**
 * Keeps migrations, which are somebody else's code, from ending the function: what one throws where
 * nobody waits for it, or its `process.exit()`, fails its own tenant with an outcome that names it,
 * instead of the execution environment with `Runtime.ExitError`. What comes from elsewhere goes to the
 * listeners that Lambda's runtime has set. Once in a process. A killed process (`SIGKILL`) is not caught.
 */
export function guardMigrationCode(strayErrors: StrayErrors, log: Log): void {
  if (isGuarded) return;
  isGuarded = true;
  const { exit } = process;
  process.exit = (code) => {
    if (!strayErrors.isInMigration()) exit.call(process, code);
    throw new Error(`process.exit(${code ?? ''}) was called by a migration`);
  };
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    takeOver(event, (error) => {
      const blame = strayErrors.blame(error);
      if (blame === undefined) return false;
      // A server's message may quote data: only a failed tenant's outcome has it, without that.
      if (!blame.failed) {
        const kind = thrownText(error).split(':', 1)[0] ?? '';
        log.error('a migration threw an error after it had ended', { ...blame, kind });
      }
      return true;
    });
  }
}

type Listener = (error: unknown, ...more: unknown[]) => void;

/** Asks before the listeners that there are, and hands them what is not ours. */
function takeOver(event: string, isOurs: (error: unknown) => boolean): void {
  const others = process.listeners(event as 'exit') as unknown as Listener[];
  process.removeAllListeners(event);
  const listener: Listener = (error, ...more) => {
    if (isOurs(error)) return;
    for (const other of others) other(error, ...more);
    if (others.length > 0) return;
    // As Node does if nobody listens.
    process.off(event, listener);
    throw error;
  };
  process.on(event, listener);
}
