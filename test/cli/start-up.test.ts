import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('--help loads no database driver, no schema, no prompt and no progress line', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', './test/cli/fixtures/print-packages.ts', 'src/cli/main.ts', '--help'],
    { encoding: 'utf8' },
  );
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Usage:'),
  });
  const packages = stderr.split('\n');
  expect(packages).toContain('commander');
  // Only packages that are slow to load matter: what string-width depends on may change.
  const slow = ['zod', 'log-update', 'knex', 'mysql2', 'mariadb', '@prisma/client', 'jiti'];
  const isSlow = (name: string) =>
    slow.includes(name) || /^@(aws-sdk|smithy|inquirer)\//.test(name);
  expect(packages.filter(isSlow)).toEqual([]);
});
