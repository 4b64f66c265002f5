import { FanfoldError } from '../errors.ts';
import { commandSpan } from '../wording/command-span.ts';
import { fewOf } from '../wording/few-of.ts';

/** Some of the migrations have no `down`, so none of them is rolled back. */
export function migrationsWithoutDown(ids: readonly string[]): FanfoldError {
  return new FanfoldError(
    'MigrationWithoutDown',
    `Nothing was rolled back, as there is no "down" in: ${fewOf(ids)}.`,
    {
      fault: 'migration',
      nextStep:
        'Write a new migration that undoes the change, or add a "down" to the file; a later --to leaves it applied.',
    },
  );
}

/** Somebody has applied migrations after those that would be rolled back. */
export function rollbackNotNewest(
  run: string,
  later: readonly { readonly id: string; readonly run: string | undefined }[],
): FanfoldError {
  const named = later.map(
    (one) => `${one.id} (${one.run === undefined ? 'not by a run' : `run ${one.run}`})`,
  );
  const newest = later.findLast((one) => one.run !== undefined)?.run;
  return new FanfoldError(
    'RollbackNotNewest',
    `Nothing was rolled back, as other migrations were applied after those of run ${run} and may build on them: ${fewOf(named)}.`,
    {
      fault: 'tenant',
      nextStep:
        newest === undefined
          ? 'Roll those back first, with migrate:rollback-tenants and --to or --steps.'
          : `Roll those back first: ${commandSpan('migrate:rollback-run', newest)}`,
    },
  );
}

/** The tenant would have no migration left. */
export function rollbackWouldEmpty(count: number): FanfoldError {
  return new FanfoldError(
    'RollbackWouldEmpty',
    `Nothing was rolled back: these are all ${count} of the tenant's migrations, such as where a new tenant was made by that run, and its data would go with its tables.`,
    {
      fault: 'tenant',
      nextStep:
        'Keep one with --to or --steps. If the tenant is to be emptied indeed: --allow-empty.',
    },
  );
}

/** The bundle lacks the code that could roll them back. */
export function rolledBackMissing(ids: readonly string[]): FanfoldError {
  return new FanfoldError(
    'MigrationsMissing',
    `Nothing was rolled back, as this bundle lacks the migrations: ${fewOf(ids)}.`,
    { fault: 'tenant', nextStep: 'Run the build that has them, or restore their files.' },
  );
}
