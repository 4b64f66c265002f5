import { FanfoldError } from '../errors.ts';
import { nearestWord } from '../text/nearest-word.ts';
import type { Bundle, Migration } from './bundle.ts';
import { migrationInvalid } from './migration-module.ts';

/**
 * Loads every migration of a bundle, so that a file that cannot run stops a run before the first
 * tenant is touched. Throws one `MigrationInvalid` that names all such files; it is the file's own
 * error if there is only one.
 */
export async function checkMigrations(bundle: Bundle): Promise<void> {
  const errors: FanfoldError[] = [];
  // One after the other: loading is bound to the processor, and files may share helpers.
  const backfills = new Set<string>();
  for (const migration of bundle.migrations) {
    try {
      const { backfill, requires = [] } = await migration.load();
      const strange = requires.find((id) => !backfills.has(id));
      if (strange !== undefined) throw requiresStrange(migration, strange, [...backfills]);
      if (backfill !== undefined) backfills.add(migration.id);
    } catch (error) {
      if (!(error instanceof FanfoldError)) throw error;
      errors.push(error);
    }
  }
  const [first] = errors;
  if (first === undefined) return;
  throw errors.length === 1 ? first : migrationsInvalid(errors);
}

function requiresStrange(
  { id, extension }: Migration,
  required: string,
  backfills: readonly string[],
): FanfoldError {
  const nearest = nearestWord(required, backfills);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return migrationInvalid(
    id + extension,
    `requires "${required}", which is not a backfill before it in this folder`,
    `Name a backfill by its file name without the extension.${hint}`,
  );
}

function migrationsInvalid(errors: readonly FanfoldError[]): FanfoldError {
  const list = errors.map((error) => `\n  - ${error.message}`).join('');
  return new FanfoldError('MigrationInvalid', `${errors.length} migrations are invalid:${list}`, {
    fault: 'migration',
    nextStep: 'Correct these files, then run the command again. No tenant was touched.',
    cause: new AggregateError(errors),
  });
}
