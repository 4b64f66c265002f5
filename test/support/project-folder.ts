import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { repository } from '../../scripts/repository.mjs';

/**
 * A project of a user, with a package.json and these files, and with these packages of ours installed:
 * `{ knex: 'knex-3-0' }`. It is removed when the test ends.
 */
export async function projectFolder(
  files: Readonly<Record<string, string>>,
  packages: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'fanfold-project-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const all = { 'package.json': '{"name":"theirs"}', ...files };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  for (const [name, ours] of Object.entries(packages)) {
    await mkdir(join(folder, 'node_modules'), { recursive: true });
    await symlink(join(repository, 'node_modules', ours), join(folder, 'node_modules', name));
  }
  return folder;
}
