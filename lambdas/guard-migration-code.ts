import type { StrayErrors } from '../src/core/ports.ts';
import { thrownText } from '../src/core/text/thrown-text.ts';
import type { Log } from './log.ts';

let isGuarded = false;

/**
 * Keeps migrations, which are foreign code, from ending the function: an error that nothing awaits, or a
 * `process.exit()`, fails the migration's own tenant with an outcome that names it, instead of ending the
 * execution environment with `Runtime.ExitError`. Other errors go to the listeners of Lambda's runtime. Done
 * once in a process. A killed process (`SIGKILL`) is not caught.
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
      // A server's message may quote data, which the outcome of a failed tenant leaves out.
      if (!blame.failed) {
        const kind = thrownText(error).split(':', 1)[0] ?? '';
        log.error('a migration threw an error after it had ended', { ...blame, kind });
      }
      return true;
    });
  }
}

type Listener = (error: unknown, ...more: unknown[]) => void;

/** Comes before the existing listeners, and hands them errors that are not a migration's. */
function takeOver(event: string, isOurs: (error: unknown) => boolean): void {
  const others = process.listeners(event as 'exit') as unknown as Listener[];
  process.removeAllListeners(event);
  const listener: Listener = (error, ...more) => {
    if (isOurs(error)) return;
    for (const other of others) other(error, ...more);
    if (others.length > 0) return;
    // Node does the same if there is no listener.
    process.off(event, listener);
    throw error;
  };
  process.on(event, listener);
}
