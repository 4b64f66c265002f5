import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packedTarball } from '../../scripts/packed-tarball.ts';
import { repository } from '../../scripts/repository.mjs';

const run = promisify(execFile);

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

/** Writes a package.json, so that the folder is a project of its own. */
export async function newProject(folder: string, packageJson: object = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify({ name: 'a-project', private: true, ...packageJson }, null, 2);
  await writeFile(join(folder, 'package.json'), `${text}\n`);
}
