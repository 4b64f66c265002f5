import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('--help waits for no database driver, no schema and no progress line', () => {
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
  // What a package such as string-width brings along may change; what is slow to load may not come.
  const slow = ['zod', 'log-update', 'knex', 'mysql2', 'mariadb', '@prisma/client', 'jiti'];
  const isSlow = (name: string) => slow.includes(name) || /^@(aws-sdk|smithy)\//.test(name);
  expect(packages.filter(isSlow)).toEqual([]);
});
