import type { Migration } from '../bundle/bundle.ts';
import { FanfoldError } from '../errors.ts';
import type { OwnNote } from '../outcome.ts';
import type { SchemaState } from '../schema-state.ts';
import { fewOf } from '../wording/few-of.ts';

/**
 * Notes that applied migrations have changed since; none if nothing has changed. Throws `MigrationModified`
 * in strict mode. `consequence`: the effect of a change on the work of this attempt.
 */
export function modifiedMigrations(
  applied: readonly Migration[],
  { checksums }: Pick<SchemaState, 'checksums'>,
  { strict, consequence }: { readonly strict: boolean; readonly consequence: string },
): OwnNote[] {
  const ids = applied
    .filter(({ id, checksum }) => (checksums.get(id) ?? checksum) !== checksum)
    .map(({ id }) => id);
  if (ids.length === 0) return [];
  if (strict) throw migrationModified(ids);
  return [
    {
      code: 'MigrationModified',
      message: `Changed since they were applied: ${fewOf(ids)}. ${consequence}`,
    },
  ];
}

function migrationModified(ids: readonly string[]): FanfoldError {
  return new FanfoldError(
    'MigrationModified',
    `Applied migrations have changed since: ${fewOf(ids)}.`,
    {
      fault: 'migration',
      nextStep:
        'Restore the files as they were applied and put the change into a new migration, or run without --strict.',
    },
  );
}
