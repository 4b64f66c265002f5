import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../src/adapters/local/make-folder.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

it('makeFolder creates missing folders, repeatedly and concurrently', async () => {
  const folder = join(await fixtureFolder(), 'a/b/c');
  await Promise.all([makeFolder(folder, 0o700), makeFolder(folder, 0o700)]);
  await makeFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

it('makeFolder fails to create a folder if a file is in the way', async () => {
  const file = join(await fixtureFolder(), 'file');
  await writeFile(file, '');
  await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(file, 'a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(process.platform === 'linux')(
  'makeFolder fails in /proc instead of trying forever',
  async () => {
    await expect(makeFolder('/proc/fanfold/runs')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
