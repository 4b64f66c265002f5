import { HalfAppliedError } from '../../../../core/migrate/half-applied-error.ts';
import type { KnexTables } from '../../bookkeeping/knex-tables.ts';
import { writeLabel } from '../../bookkeeping/resolutions-table.ts';
import type { MigrationStatements } from './migration-statements.ts';
import { RecordNotWritten } from './record-not-written.ts';

interface AbandonedMigration {
  readonly statements: MigrationStatements;
  readonly tables: KnexTables;
  readonly runId: string;
}

/** How an attempt that failed was ended. */
interface Abandoned {
  /** How many of the migration's statements have taken effect for good. */
  readonly committed: number;
  /** Why the record of an earlier migration could not be written, if it could not. */
  readonly unrecorded?: RecordNotWritten | undefined;
}

/**
 * Rolls back what a failed migration left uncommitted, so that the locks are not given back inside of
 * it, and leaves in the journal what the next attempt has to know: nothing if nothing lasts. Records of
 * earlier migrations are written. What cannot be sent any more does not matter: the server rolls back by
 * itself, and the journal stands as it was last committed.
 */
export async function abandonMigration(
  cause: unknown,
  { statements, tables, runId }: AbandonedMigration,
): Promise<Abandoned> {
  const { sender, session } = statements;
  const { journal } = sender;
  let unrecorded: RecordNotWritten | undefined;
  try {
    if (!session.isLost) {
      await sender.abandon();
      if (cause instanceof HalfAppliedError) {
        const { message, statements: standings, migration } = cause;
        const label = { migration, runId, message, statements: standings };
        await writeLabel(session.connection, tables, label);
      } else {
        const kept = journal.keepEffects();
        if (kept !== undefined) await sender.write(kept);
      }
    }
  } catch (error) {
    if (error instanceof RecordNotWritten) unrecorded = error;
    // The connection is gone, or the fence.
  }
  return { committed: journal.lasting, unrecorded };
}
