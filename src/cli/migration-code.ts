import type { StrayErrors } from '../core/ports.ts';
import { thrownProperty, thrownText } from '../core/text/thrown-text.ts';
import type { Screen } from './output/screen.ts';
import { Verbatim } from './output/verbatim.ts';
import type { Host } from './process/host.ts';

export interface MigrationCodeOptions {
  readonly host: Host;
  readonly screen: Pick<Screen, 'print' | 'note' | 'warn'>;
  readonly strayErrors: StrayErrors;
  /** Whether standard output is for JSON alone. */
  readonly json: boolean;
}

/**
 * Keeps migrations, which are somebody else's code, from ending the process in the middle of a run: an error
 * that nothing awaits, or a `process.exit()`, fails the tenant of the migration and no other. Output of a
 * migration appears above the progress line, and never between lines of JSON.
 */
export async function usingMigrationCode<Result>(
  { host, screen, strayErrors, json }: MigrationCodeOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  // Both stay until the process ends, because a timer may fire after the run.
  host.refuseExit(() => strayErrors.isInMigration());
  host.onStrayError((error, kind) => {
    const blame = strayErrors.blame(error);
    // An exception in our own code is a bug, and anything else may be broken too.
    if (blame === undefined && kind === 'exception') return false;
    if (blame?.failed !== true) screen.warn(tooLate(error, blame));
    return true;
  });
  const stopListening = host.onConsole((text, stream) => {
    const line = new Verbatim(text);
    if (stream === 'out' && !json) screen.print([line]);
    else screen.note([line]);
  });
  try {
    return await work();
  } finally {
    stopListening();
  }
}

function tooLate(error: unknown, blame: ReturnType<StrayErrors['blame']>): string {
  const message = describe(error);
  return blame === undefined
    ? `Note: a rejected promise was not awaited; a migration may lack an await: ${message}`
    : `Note: ${blame.migration} in ${blame.database} threw an error after it had ended; it may lack an await: ${message}`;
}

/** Hides the message of a server, which may quote data and follows the statement in Knex's errors. */
function describe(error: unknown): string {
  const errno = thrownProperty(error, 'errno');
  // Errors of the operating system have negative numbers.
  if (typeof errno === 'number' && errno > 0)
    return `the database server answered with error ${errno}`;
  const message = thrownProperty(error, 'message');
  return typeof message === 'string' ? message : thrownText(error);
}
