import { rmSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EARLIER_MIGRATIONS, migrationIds } from './migration-ids.ts';
import { tenantMigrations } from './repository.ts';

/**
 * Hands `work` a folder like the one of a product: its earlier tenant migrations are where
 * Fanfold looks for them, and Fanfold keeps its runs there. The folder is removed at the end, and with
 * the process at the latest.
 */
export async function usingWorkspace<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-demo-'));
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeAtExit);
  try {
    await addMigrations(folder, (await migrationIds()).slice(0, EARLIER_MIGRATIONS));
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    process.off('exit', removeAtExit);
  }
}

/** Folder in which Fanfold looks for migrations in a workspace. */
export function migrationsIn(folder: string): string {
  return join(folder, 'migrations', 'tenant');
}

/** The migrations that were written since the tenants were made. */
export async function addLaterMigrations(folder: string): Promise<void> {
  await addMigrations(folder, (await migrationIds()).slice(EARLIER_MIGRATIONS));
}

async function addMigrations(folder: string, ids: readonly string[]): Promise<void> {
  await mkdir(migrationsIn(folder), { recursive: true });
  for (const id of ids) {
    await copyFile(join(tenantMigrations, `${id}.ts`), join(migrationsIn(folder), `${id}.ts`));
  }
}
