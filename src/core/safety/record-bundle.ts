import type { Bundle } from '../bundle/bundle.ts';
import { migrateDatabase } from '../migrate/migrate-database.ts';
import type { RecordedMigration, Recording, ScratchServer } from './recording.ts';

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
          phase: 'all',
        },
      },
      { databases },
    );
    return {
      server: scratch.facts,
      migrations: await withSafety(recorded(), bundle),
      ...(attempt.status === 'failed' && { failure: attempt.failure }),
    };
  });
}

/** Adds the limits that migrations have themselves, and what they fill or require as backfills. */
function withSafety(
  recorded: readonly RecordedMigration[],
  { migrations }: Bundle,
): Promise<RecordedMigration[]> {
  const byId = new Map(migrations.map((migration) => [migration.id, migration]));
  return Promise.all(
    recorded.map(async (each) => {
      const module = await byId.get(each.id)?.load();
      const { safety, backfill, requires } = module ?? {};
      return {
        ...each,
        ...(safety !== undefined && { safety }),
        ...(backfill !== undefined && { fills: backfill.table, backfill }),
        ...(requires !== undefined && { requires }),
      };
    }),
  );
}
