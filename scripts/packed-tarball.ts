import { createHash } from 'node:crypto';
import { existsSync, globSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packPackage } from './pack-package.ts';
import { repository } from './repository.mjs';

/** Sources of the packed files. */
const SOURCES =
  '{src,lambdas,lib,migrations/central,prisma,scripts,bin}/**/*.{ts,mts,mjs,cjs,prisma}';

/** How long another process may take that packs already; it is gone if it takes longer. */
const PATIENCE_MS = 180_000;

/** The packed package: made once for the same sources, also if several processes ask at the same time. */
export async function packedTarball(): Promise<string> {
  const cache = join(repository, 'node_modules/.cache/fanfold-packed');
  const tarball = join(cache, `${sourcesHash()}.tgz`);
  const folder = `${tarball}.building`;
  await mkdir(cache, { recursive: true });
  for (let waited = 0; !existsSync(tarball); waited += 500) {
    if (waited > PATIENCE_MS) await rm(folder, { recursive: true, force: true });
    if (await isMade(folder)) await pack(folder, tarball);
    else await delay(500);
  }
  return tarball;
}

async function pack(folder: string, tarball: string): Promise<void> {
  try {
    await rename(packPackage(folder), tarball);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether this process has made the folder, which only one can. */
async function isMade(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = globSync(SOURCES, { cwd: repository }).sort();
  for (const file of [...files, 'package.json', 'tsconfig.build.json']) {
    const { mtimeMs, size } = statSync(join(repository, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}
