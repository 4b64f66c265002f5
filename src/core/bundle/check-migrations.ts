import { FanfoldError } from '../errors.ts';
import type { Bundle } from './bundle.ts';

/**
 * Loads every migration of a bundle, so that a file that cannot run stops a run before the first
 * tenant is touched. Throws one `MigrationInvalid` that names all such files; it is the file's own
 * error if there is only one.
 */
export async function checkMigrations(bundle: Bundle): Promise<void> {
  const errors: FanfoldError[] = [];
  // One after the other: loading is bound to the processor, and files may share helpers.
  for (const migration of bundle.migrations) {
    try {
      await migration.load();
    } catch (error) {
      if (!(error instanceof FanfoldError)) throw error;
      errors.push(error);
    }
  }
  const [first] = errors;
  if (first === undefined) return;
  throw errors.length === 1 ? first : migrationsInvalid(errors);
}

function migrationsInvalid(errors: readonly FanfoldError[]): FanfoldError {
  const list = errors.map((error) => `\n  - ${error.message}`).join('');
  return new FanfoldError('MigrationInvalid', `${errors.length} migrations are invalid:${list}`, {
    fault: 'migration',
    nextStep: 'Correct these files, then run the command again. No tenant was touched.',
    cause: new AggregateError(errors),
  });
}
