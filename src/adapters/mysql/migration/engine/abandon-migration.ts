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

/** The result of ending a failed attempt. */
interface Abandoned {
  /** The number of the migration's statements with a committed effect. */
  readonly committed: number;
  /** The error if the record of an earlier migration could not be written. */
  readonly unrecorded?: RecordNotWritten | undefined;
}

/**
 * Ends a failed migration: rolls back its uncommitted changes, so that the locks are not released in its
 * transaction, writes the records of earlier migrations, and keeps in the journal what the next attempt needs
 * (nothing if no effect is committed). If nothing can be sent any more, the server rolls back itself, and the
 * journal has its last committed state.
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
    // Otherwise the connection or the fence is lost.
  }
  return { committed: journal.lasting, unrecorded };
}
