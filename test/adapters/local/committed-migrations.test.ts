import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { committedMigrations } from '../../../src/adapters/local/committed-migrations.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

test('migrations that git has in a revision are read from the folder, and new files are not', async () => {
  const folder = await fixtureFolder({
    'migrations/1_a.ts': '',
    'migrations/2_b.js': '',
    'other/3_c.js': '',
  });
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x.test', ...args], {
      cwd: folder,
    });
  const migrations = join(folder, 'migrations');
  expect(await committedMigrations(migrations, 'HEAD')).toBeUndefined();
  git('init', '-q');
  expect(await committedMigrations(migrations, 'HEAD')).toBeUndefined();
  git('add', '.');
  git('commit', '-qm', 'first');
  writeFileSync(join(migrations, '0_new.js'), '');
  expect(await committedMigrations(migrations, 'HEAD')).toEqual(new Set(['1_a', '2_b']));
  await expect(committedMigrations(migrations, 'origin/main')).rejects.toMatchObject({
    code: 'RequestInvalid',
    message: 'The repository has no revision "origin/main".',
  });
  await expect(committedMigrations(migrations, '--output=x')).rejects.toMatchObject({
    code: 'RequestInvalid',
  });
});
