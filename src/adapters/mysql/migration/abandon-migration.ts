import { HalfAppliedError } from '../../../core/migrate/half-applied-error.ts';
import { query } from '../connection/query.ts';
import { sendTexts } from '../connection/send-texts.ts';
import { COMMIT, START } from '../connection/sql-text.ts';
import type { MigrationSession } from './migration-session.ts';
import type { MigrationStatements } from './migration-statements.ts';

/**
 * Takes back what a failed migration left uncommitted, so that the locks are not given back inside of
 * it, and leaves in the journal what the next attempt has to know: nothing where nothing lasts. What
 * cannot be sent any more does not matter: the server rolls back by itself, and the journal stands as
 * it was last committed. Returns how many of its statements have taken effect for good.
 */
export async function abandonMigration(
  cause: unknown,
  { session, statements }: { session: MigrationSession; statements: MigrationStatements },
): Promise<number> {
  const { connection } = session;
  const { journal } = statements;
  try {
    // Records of earlier migrations stay.
    await query(connection, session.bookkeepingOnly ? 'COMMIT' : 'ROLLBACK');
    if (session.bookkeepingOnly) journal.committed();
    else journal.rolledBack();
    session.inTransaction = false;
    session.bookkeepingOnly = false;
    if (cause instanceof HalfAppliedError) return journal.lasting;
    const kept = journal.keepEffects();
    if (kept === undefined) return journal.lasting;
    await sendTexts(connection, [START, kept, COMMIT]);
  } catch {
    // The connection is gone.
  }
  return journal.lasting;
}
