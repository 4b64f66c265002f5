import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../../scripts/repository.mjs';
import { fixtureFolder } from '../support/fixture-folder.ts';

it('the start of a script never reinstalls the packages of another working tree through a link', async () => {
  const folder = await fixtureFolder();
  const [tree, shared] = [join(folder, 'tree'), join(folder, 'shared')];
  await mkdir(join(tree, 'scripts'), { recursive: true });
  await mkdir(join(shared, 'kept'), { recursive: true });
  for (const file of [
    'ensure-installed.mjs',
    'generate-client.mjs',
    'pinned-node.mjs',
    'repository.mjs',
  ]) {
    await cp(join(repository, 'scripts', file), join(tree, 'scripts', file));
  }
  const lock = { packages: { '': {}, 'node_modules/wanted': { version: '1.0.0' } } };
  await writeFile(join(tree, 'package-lock.json'), JSON.stringify(lock));
  await symlink(shared, join(tree, 'node_modules'));

  const code = "import('./scripts/ensure-installed.mjs').then((it) => it.ensureInstalled())";
  const { status, stderr } = spawnSync(process.execPath, ['--eval', code], {
    cwd: tree,
    encoding: 'utf8',
  });

  expect(stderr).toContain('node_modules is a link');
  expect(status).toBe(0);
  expect(await readdir(shared)).toEqual(['kept']);
});
