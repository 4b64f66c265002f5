import type { FileNameOptions } from '../adapters/local/migration-file-names.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import { checkMigrations } from '../core/bundle/check-migrations.ts';
import { requestedBundle } from '../core/bundle/requested-bundle.ts';
import type { RunRequest } from '../core/request.ts';

/**
 * Reads a folder of migrations, up to the one that a request names, and loads each of them once, so that
 * a broken one is found before a database is touched.
 */
export async function loadBundle(
  folder: string,
  options: FileNameOptions,
  request: Pick<Partial<RunRequest>, 'to'> = {},
): Promise<Bundle> {
  const { loadMigrationsFolder } = await import('../adapters/local/migrations-folder.ts');
  const bundle = requestedBundle(await loadMigrationsFolder(folder, options), request);
  await checkMigrations(bundle);
  return bundle;
}
