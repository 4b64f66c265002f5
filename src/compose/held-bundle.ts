import { resolve } from 'node:path';
import type { FileNameOptions } from '../adapters/local/migration-file-names.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import { checkMigrations } from '../core/bundle/check-migrations.ts';
import { requestedBundle } from '../core/bundle/requested-bundle.ts';
import type { RunRequest } from '../core/request.ts';

const held = new Map<string, Bundle>();

/**
 * The bundle of a folder for a service, which migrates or makes tenants again and again: the files are read by each
 * call, and evaluated only if one has changed. That takes 60 ms for 80 migrations, longer than a tenant with nothing to do.
 * Throws what `loadBundle` throws; a bundle that was refused is not kept.
 */
export async function heldBundle(
  folder: string,
  options: FileNameOptions,
  request: Pick<Partial<RunRequest>, 'to'> = {},
): Promise<Bundle> {
  const { loadMigrationsFolder } = await import('../adapters/local/migrations-folder.ts');
  const read = await loadMigrationsFolder(folder, options);
  const key = JSON.stringify([resolve(folder), options]);
  const before = held.get(key);
  const bundle = before?.hash === read.hash ? before : read;
  const requested = requestedBundle(bundle, request);
  await checkMigrations(requested);
  held.set(key, bundle);
  return requested;
}
