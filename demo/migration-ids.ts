import { readdir } from 'node:fs/promises';
import { tenantMigrations } from './repository.ts';

/** How many of them there were when the tenants were made: they make users, roles and apps. */
export const EARLIER_MIGRATIONS = 3;

/** The ids of the sample migrations, in order. */
export async function migrationIds(): Promise<string[]> {
  const files = await readdir(tenantMigrations);
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}
