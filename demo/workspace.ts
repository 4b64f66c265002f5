import { rmSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tenantMigrations } from './repository.ts';

/**
 * Hands `work` a folder like the one of a product: its tenant migrations stand where Fanfold looks
 * for them, and Fanfold keeps its runs there. The folder goes at the end, and with the process at
 * the latest.
 */
export async function usingWorkspace<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-demo-'));
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeAtExit);
  try {
    await cp(tenantMigrations, join(folder, 'migrations', 'tenant'), { recursive: true });
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    process.off('exit', removeAtExit);
  }
}
