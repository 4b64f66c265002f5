import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { writeMigrations } from '../cli/support/real-fleet.ts';
import { runCliProcess } from '../cli/support/spawn-cli.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { testServer } from '../support/server.ts';
import { wholeDatabase } from '../support/whole-database.ts';
import { EARLIER_VERSIONS, fixturePath, readFixture } from './fixtures-of.ts';
import { ADD_ROLES, CREATE_USERS, KEY, MIGRATIONS, type Slug, TENANTS } from './scenario.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 240_000 });

const { flavour } = testServer();

/** A fleet as an earlier version has left it: central database, tenants and the run store. */
async function earlierFleet(version: string) {
  const dump = readFixture<Record<string, string[]>>(version, `tables.${flavour}.json`);
  const central = await createDatabase('earlier_central');
  const tenants = {} as Record<Slug, TestDatabase>;
  for (const slug of Object.keys(TENANTS) as Slug[]) {
    tenants[slug] = await createDatabase(`earlier_${slug}`);
  }
  onTestFinished(async () => {
    for (const database of [central, ...Object.values(tenants)]) await database.drop();
  });
  await load(central, dump.central ?? []);
  await load(tenants.acme, dump.acme ?? []);
  await load(tenants.beta, dump.beta ?? []);
  for (const [slug, { host, port, database, user, password }] of Object.entries(tenants)) {
    await central.query(
      'UPDATE tenants SET dbHost = ?, dbPort = ?, dbName = ?, dbUser = ?, dbPassword = ? WHERE slug = ?',
      [host, port, database, user, encryptPasswordV1(parseEncryptionKey(KEY), password), slug],
    );
  }
  const folder = await fixtureFolder({ 'package.json': '{}' });
  await writeMigrations(folder, MIGRATIONS);
  const { id: runId } = readFixture<{ id: string }>(version, `run.${flavour}/request.json`);
  await mkdir(join(folder, '.fanfold/runs'), { recursive: true });
  await cp(fixturePath(version, `run.${flavour}`), join(folder, '.fanfold/runs', runId), {
    recursive: true,
  });
  const env = { CENTRAL_DATABASE_URL: central.url, DB_ENCRYPTION_KEY: KEY };
  const cli = (...argv: string[]) => runCliProcess(argv, { cwd: folder, env });
  return { central, tenants, folder, runId, cli };
}

async function load(database: TestDatabase, statements: readonly string[]): Promise<void> {
  const connection = await database.connection();
  await connection.query('SET foreign_key_checks = 0');
  for (const statement of statements) await connection.query(statement);
  await connection.end();
}

/** The half-applied migration's statements that were sent since, and what is recorded. */
const recorded = (tenant: TestDatabase) =>
  tenant.query('SELECT name, batch FROM knex_migrations ORDER BY id');

test.each(EARLIER_VERSIONS)(
  'a fleet that %s has left half-applied is resumed, and its run can be retried and rolled back',
  async (version) => {
    const { tenants, runId, cli } = await earlierFleet(version);
    expect(await cli('migrate:latest')).toMatchObject({ exitCode: 0 });
    const runs = await cli('runs', 'list');
    expect(runs.stdout).toContain(runId);
    expect(runs.exitCode).toBe(0);
    expect((await cli('migrate:doctor', 'beta')).stdout).toContain(ADD_ROLES);

    await tenants.beta.query('DROP TABLE audit_log');
    const retried = await cli('migrate:retry', runId);
    expect(retried.stdout).toContain('✅ Successful: 2');
    expect(retried).toMatchObject({ exitCode: 0 });

    // Statements that had taken effect were not sent again, and the answer of one of them was used.
    expect(await tenants.beta.query('SELECT id, name FROM roles')).toEqual([
      { id: 1, name: 'admin' },
    ]);
    expect(await tenants.beta.query('SELECT name, role FROM users')).toEqual([
      { name: 'the first', role: 1 },
    ]);
    expect(await tenants.beta.query('SELECT id FROM audit_log')).toEqual([]);
    expect(await recorded(tenants.beta)).toEqual([
      { name: `${CREATE_USERS}.js`, batch: 1 },
      { name: `${ADD_ROLES}.js`, batch: 2 },
    ]);
    expect(await recorded(tenants.gamma)).toHaveLength(2);
    for (const tenant of Object.values(tenants)) {
      expect(await tenant.query('SELECT 1 FROM fanfold_journal WHERE number > 0')).toEqual([]);
    }
    const again = await cli('migrate:all-tenants');
    expect(again.stdout.match(/^✅ .*: Already up to date$/gm)).toHaveLength(3);

    // The journal of the earlier version says which run has applied what.
    const rolledBack = await cli('migrate:rollback-run', runId, '--allow-empty', '--yes');
    expect(rolledBack.stdout).toMatch(/acme/);
    expect(await recorded(tenants.acme)).toEqual([]);
    expect(await recorded(tenants.beta)).toHaveLength(2);
  },
);

const NEWEST = EARLIER_VERSIONS.at(-1) ?? 'none';

const LATER = {
  '20250201090000_add_tags.js': `
    exports.up = (knex) => knex.schema.createTable('tags', (table) => table.increments('id'));
    exports.down = (knex) => knex.schema.dropTable('tags');`,
};

test.each([
  ['the record of an applied migration', 'acme', 'number = 0'],
  ['the first statement of a half-applied one', 'beta', 'number = 1'],
  ['a later statement of a half-applied one', 'beta', 'number = 3'],
] as const)(
  'a tenant is refused, and left as it is, if a later version has written %s',
  async (_, slug, rows) => {
    const { tenants, folder, cli } = await earlierFleet(NEWEST);
    await cli('migrate:latest');
    await writeMigrations(folder, LATER);
    const tenant = tenants[slug];
    await tenant.query(`UPDATE fanfold_journal SET state = '{"format":2}' WHERE ${rows}`);
    if (slug === 'beta') await tenant.query('DROP TABLE audit_log');
    const connection = await tenant.connection();
    const before = await wholeDatabase(connection);

    const refused = await cli('migrate:all-tenants', '--json');
    expect(refused.exitCode).toBe(1);
    const failed = refused.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ outcome }) => outcome?.tenant.slug === slug);
    expect(failed).toMatchObject([
      {
        outcome: {
          status: 'failed',
          failure: {
            code: 'JournalNewer',
            message: expect.stringMatching(
              /^A later version of Fanfold has written the journal of this database: ".*" is recorded in format 2, and this version reads formats up to 1\. Nothing was changed\.$/,
            ),
            nextStep:
              'Use the later version here too: upgrade the package, or deploy the stack that has it.',
            retryable: false,
          },
        },
      },
    ]);
    // Others are migrated as if nothing were the matter.
    expect(await tenants.gamma.query('SELECT id FROM tags')).toEqual([]);

    const commands =
      rows === 'number = 3'
        ? [['migrate:tenant', slug]]
        : [
            ['migrate:tenant', slug],
            ['migrate:rollback-tenants', slug, '--steps', '1', '--yes'],
            ['migrate:baseline', slug],
          ];
    for (const command of commands) {
      const { exitCode, stdout, stderr } = await cli(...command);
      expect(`${command.join(' ')}: ${stdout}${stderr}`).toContain('A later version of Fanfold');
      expect(exitCode).toBe(1);
    }
    expect(await wholeDatabase(connection)).toEqual(before);
  },
);

test('a run of a later version is refused before a tenant is touched', async () => {
  const { tenants, folder, runId, cli } = await earlierFleet(NEWEST);
  await cli('migrate:latest');
  const request = join(folder, '.fanfold/runs', runId, 'request.json');
  const record = JSON.parse(await readFile(request, 'utf8'));
  await writeFile(request, JSON.stringify({ ...record, format: 2 }));
  const connection = await tenants.beta.connection();
  const before = await wholeDatabase(connection);
  const message = `A later version of Fanfold has written run "${runId}": it is in format 2, and this version reads formats up to 1. Nothing was changed.`;
  for (const command of [
    ['migrate:retry', runId],
    ['migrate:retry', 'last'],
    ['migrate:rollback-run', runId],
    ['runs', 'list'],
  ]) {
    const { exitCode, stderr } = await cli(...command);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(3);
  }
  expect(await wholeDatabase(connection)).toEqual(before);
});
