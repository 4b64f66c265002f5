import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { packPackage } from '../../scripts/pack-package.ts';
import { repository } from '../../scripts/repository.mjs';

const run = promisify(execFile);

/** Sources of the packed files. */
const SOURCES =
  '{src,lambdas,lib,migrations/central,prisma,scripts,bin}/**/*.{ts,mts,mjs,cjs,prisma}';

/**
 * Installs the package into a project as `npm install fanfold` would: from the packed tarball, with the
 * dependencies of the lock file, which are linked from this checkout instead of fetched. What the project
 * has already stays.
 *
 * @param also further packages of the checkout, which the project itself depends on
 */
export async function installPacked(project: string, also: readonly string[] = []): Promise<void> {
  const modules = join(project, 'node_modules');
  const own = join(modules, 'fanfold');
  await mkdir(own, { recursive: true });
  await run('tar', ['-xzf', await packedTarball(), '-C', own, '--strip-components=1']);
  const { dependencies, bin } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), ...also]) await link(name, modules);
  await mkdir(join(modules, '.bin'), { recursive: true });
  await symlink(join('..', 'fanfold', bin.fanfold), join(modules, '.bin/fanfold'));
  // As npm does with what a package names as its binary.
  await chmod(join(own, bin.fanfold), 0o755);
}

/** One command of a page, run by a shell in a project, on the Node that runs the tests. */
export function runInShell(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly output: string; readonly exitCode: number | null }> {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const child = spawn('sh', ['-ec', command], {
    cwd,
    env: { PATH: path, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ output, exitCode }));
  });
}

async function link(name: string, modules: string): Promise<void> {
  const target = join(modules, name);
  if (existsSync(target)) return;
  await mkdir(dirname(target), { recursive: true });
  await symlink(join(repository, 'node_modules', name), target);
}

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

/** Writes a package.json, so that the folder is a project of its own. */
export async function newProject(folder: string, packageJson: object = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify({ name: 'a-project', private: true, ...packageJson }, null, 2);
  await writeFile(join(folder, 'package.json'), `${text}\n`);
}
