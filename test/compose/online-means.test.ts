import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onlineMeans } from '../../src/compose/online-means.ts';

const SPIRIT = 'echo "spirit v0.12.0"; echo "  commit:  unknown"';
const GHOST = 'echo 1.1.10';

/** A folder with programs that say their versions, as the real ones do. */
async function folderOf(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-programs-'));
  for (const [name, script] of Object.entries(programs)) {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  }
  return folder;
}

async function foundIn(folder: string, path?: string): Promise<string[]> {
  const means = await onlineMeans({
    path,
    tls: { mode: 'auto' },
    adminLogins: () => {
      throw new Error('No login is looked for.');
    },
    env: { PATH: folder },
  });
  return (await means.findPrograms()).map(({ name }) => name);
}

test('both programs are found in PATH, and Spirit comes first', async () => {
  const folder = await folderOf({ 'gh-ost': GHOST, spirit: SPIRIT });
  expect(await foundIn(folder)).toEqual(['Spirit', 'gh-ost']);
});

test('one program is enough', async () => {
  expect(await foundIn(await folderOf({ 'gh-ost': GHOST }))).toEqual(['gh-ost']);
  expect(await foundIn(await folderOf({ spirit: SPIRIT }))).toEqual(['Spirit']);
});

test('a path is either program, by the version that it says, whatever its name is', async () => {
  const folder = await folderOf({ one: SPIRIT, other: GHOST, 'gh-ost': GHOST });
  expect(await foundIn(folder, join(folder, 'one'))).toEqual(['Spirit']);
  expect(await foundIn(folder, join(folder, 'other'))).toEqual(['gh-ost']);
});

test('without a program the error names both, and where to put them', async () => {
  const missing = foundIn(await folderOf({}));
  await expect(missing).rejects.toMatchObject({
    code: 'OnlineProgramMissing',
    nextStep: expect.stringMatching(/Spirit 0\.12\.0, or gh-ost 1\.1\.8 or later/),
  });
});
