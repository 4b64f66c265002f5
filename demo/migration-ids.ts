import { readdir } from 'node:fs/promises';
import { tenantMigrations } from './repository.ts';

/** The ids of the sample migrations, in order. */
export async function migrationIds(): Promise<string[]> {
  const files = await readdir(tenantMigrations);
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}
