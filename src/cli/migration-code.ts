import type { StrayErrors } from '../core/ports.ts';
import { thrownProperty, thrownText } from '../core/thrown-text.ts';
import type { Host } from './host.ts';
import type { Screen } from './output/screen.ts';
import { Verbatim } from './output/verbatim.ts';

export interface MigrationCodeOptions {
  readonly host: Host;
  readonly screen: Screen;
  readonly strayErrors: StrayErrors;
  /** Whether standard output is for JSON alone. */
  readonly json: boolean;
}

/**
 * Keeps migrations, which are somebody else's code, from ending the process in the middle of a run:
 * what one throws where nobody waits for it, or its `process.exit()`, fails its own tenant, and the
 * others go on. What one prints appears above the progress line, and never between lines of JSON.
 */
export async function usingMigrationCode<Result>(
  { host, screen, strayErrors, json }: MigrationCodeOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  // Both stay to the end of the process: a timer may go off after the run.
  host.refuseExit(() => strayErrors.isInMigration());
  host.onStrayError((error, kind) => {
    const blame = strayErrors.blame(error);
    // An exception of our own is a defect: nobody knows what else is broken.
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
    ? `Note: a promise was rejected that nobody waited for; a migration may lack an await: ${message}`
    : `Note: ${blame.migration} in ${blame.database} threw an error after it had ended; it may lack an await: ${message}`;
}

/** A server's own message may quote data, and Knex puts the statement before it. */
function describe(error: unknown): string {
  const errno = thrownProperty(error, 'errno');
  // Errors of the system have negative ones.
  if (typeof errno === 'number' && errno > 0)
    return `the database server answered with error ${errno}`;
  const message = thrownProperty(error, 'message');
  return typeof message === 'string' ? message : thrownText(error);
}
