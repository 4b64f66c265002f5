import type { Connection } from 'mysql2';
import { FanfoldError } from '../../../../../core/errors.ts';
import type { MigrationStep } from '../../../../../core/ports.ts';
import { readPlaces } from '../../../bookkeeping/backfills-table.ts';
import type { KnexTables } from '../../../bookkeeping/knex-tables.ts';

/**
 * Throws `BackfillUnderWay` if migrations are to be rolled back before a backfill that has begun and is not
 * complete: it would continue in rows that are not what its first batches met.
 */
export async function refuseRollback(
  connection: Connection,
  steps: readonly MigrationStep[],
  tables: KnexTables,
): Promise<void> {
  const ids = steps.flatMap(({ direction, migration }) =>
    direction === 'down' ? [migration.id] : [],
  );
  if (ids.length === 0) return;
  const places = await readPlaces(connection, tables);
  const begun = places.find(
    ({ migration, isFinished }) => !isFinished && ids.some((id) => id < migration),
  );
  if (begun === undefined) return;
  throw new FanfoldError(
    'BackfillUnderWay',
    `The backfill ${begun.migration}, which comes after what is to be rolled back, has begun in this tenant and is not complete. Nothing was changed.`,
    {
      fault: 'tenant',
      nextStep: 'Complete it, then roll back: `fanfold migrate:backfills`',
      ownWords: true,
    },
  );
}
