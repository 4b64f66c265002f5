import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { createDatabase } from '../support/database.ts';
import { fakeHost } from './support/fake-host.ts';
import { realFleet, TEST_KEY } from './support/real-fleet.ts';
import { type CliResult, runCliProcess } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const MIGRATIONS = { '1_nothing.js': 'export async function up() {}' };

test('a wrong configuration is found before any tenant is touched, and ends with 3', async () => {
  const fleet = await realFleet(['Acme'], MIGRATIONS);
  const empty = await createDatabase('cli_empty');
  await writeFile(join(fleet.folder, 'file'), 'no certificate');
  type Words = Record<string, string>;
  const cases: [flag: Words, env: Words, message: string][] = [
    [{}, { CENTRAL_DATABASE_URL: '' }, 'CENTRAL_DATABASE_URL is not set'],
    [{}, { CENTRAL_DATABASE_URL: empty.url }, 'fanfold migrate:latest'],
    [{}, { CENTRAL_DATABASE_URL: `${fleet.central.url}_x` }, 'CENTRAL_DATABASE_URL'],
    [{}, { DB_ENCRYPTION_KEY: '' }, 'DB_ENCRYPTION_KEY is not set'],
    [{}, { DB_ENCRYPTION_KEY: 'x'.repeat(31) }, '31 bytes'],
    [{ '--migrations': 'nowhere' }, {}, 'nowhere'],
    [{ '--run-store': 'file' }, {}, 'file'],
    [{ '--ca': 'nowhere.pem' }, {}, 'nowhere.pem cannot be read (ENOENT)'],
    [{ '--ca': 'file' }, {}, 'contains no PEM certificate'],
  ];
  const folders = { '--migrations': 'migrations/tenant', '--run-store': 'runs' };
  for (const [flag, env, message] of cases) {
    const host = fakeHost({ env: { ...fleet.env, ...env } });
    // In this process, as a new one takes most of a second; its folder is another one.
    const words = Object.entries({ ...folders, ...flag }).map(
      ([name, path]) => `${name}=${join(fleet.folder, path)}`,
    );
    const exitCode = await runCli(['migrate:all-tenants', ...words], host, createWiring);
    expect(host.err).toContain(message);
    expect(host.err).toMatch(/^Error: [^\n]+\n\n[^\n]+\n$/);
    expect(host.out).not.toContain('Found');
    expect(exitCode).toBe(3);
  }
  expect(await fleet.tenants[0]?.query('SHOW TABLES')).toEqual([]);
});

test('.env in the folder is read, and the environment takes precedence', async () => {
  const fleet = await realFleet(['Acme'], MIGRATIONS);
  const file = (key: string) =>
    `CENTRAL_DATABASE_URL=${fleet.central.url}\nDB_ENCRYPTION_KEY=${key}\n`;
  const run = (env: Record<string, string>): Promise<CliResult> =>
    runCliProcess(['migrate:tenant', 'acme'], { cwd: fleet.folder, env });
  await writeFile(join(fleet.folder, '.env'), file('too-short'));
  expect(await run({})).toMatchObject({ exitCode: 3 });
  expect(await run({ DB_ENCRYPTION_KEY: TEST_KEY })).toMatchObject({ exitCode: 0 });
  await writeFile(join(fleet.folder, '.env'), file(TEST_KEY));
  expect(await run({})).toMatchObject({ exitCode: 0 });
});
