import type { Bundle } from '../bundle/bundle.ts';
import { migrateDatabase } from '../migrate/migrate-database.ts';
import type { Recording, ScratchServer } from './recording.ts';

/** Seconds that a statement on a scratch database waits for a lock, which only the migration itself can hold. */
const LOCK_WAIT_SECONDS = 5;

/**
 * Runs a bundle's migrations on an empty database of a scratch server, and returns each statement as it was sent,
 * with the server's verdict. A migration that fails there ends the recording, without an error.
 */
export function recordBundle(bundle: Bundle, scratch: ScratchServer): Promise<Recording> {
  return scratch.usingDatabase(async ({ login, databases, recorded }) => {
    const attempt = await migrateDatabase(
      login,
      {
        runId: 'scratch',
        bundle,
        request: {
          command: 'migrate',
          strict: false,
          allowMissing: false,
          lockWaitTimeoutSeconds: LOCK_WAIT_SECONDS,
        },
      },
      { databases },
    );
    return {
      server: scratch.facts,
      migrations: recorded(),
      ...(attempt.status === 'failed' && { failure: attempt.failure }),
    };
  });
}
