import { expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { writeMigrations } from './support/real-fleet.ts';
import { type CliResult, runCliProcess } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const FIRST = {
  '20260101000000_create_tasks.js': `
    export const up = (knex) => knex.schema.createTable('tasks', (table) => table.increments('id'));
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

const BROKEN = {
  '20260102000000_create_notes.js': `
    export async function up(knex) {
      await knex.schema.createTable('notes', (table) => table.increments('id'));
      await knex.raw('ALTER TABLE absent ADD COLUMN a INT');
    }
    export const down = (knex) => knex.schema.dropTable('notes');`,
};

interface Project {
  readonly database: TestDatabase;
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliResult>;
}

async function project(migrations: Readonly<Record<string, string>>): Promise<Project> {
  const cwd = await fixtureFolder({ 'package.json': '{"type":"module"}' });
  await writeMigrations(cwd, migrations);
  const database = await createDatabase('cli_single');
  onTestFinished(() => database.drop());
  const run: Project['run'] = (argv, env = {}) =>
    runCliProcess(['migrate:database', ...argv], { cwd, env });
  return { database, run };
}

test('migrate:database migrates the database of DATABASE_URL without a central database, and stores no run', async () => {
  const { database, run } = await project(FIRST);
  const env = { DATABASE_URL: database.url };
  const { stdout, exitCode } = await run([], env);
  expect(stdout).toContain('Ran 1 migration:\n- 20260101000000_create_tasks.js');
  expect(exitCode).toBe(0);
  expect(await database.query('SELECT name FROM knex_migrations')).toEqual([
    { name: '20260101000000_create_tasks.js' },
  ]);

  const again = await run(['--json'], env);
  expect(JSON.parse(again.stdout)).toMatchObject({
    type: 'database-migrated',
    database: database.database,
    status: 'unchanged',
  });
});

test('migrate:database labels a half-applied migration, resumes it, and exits with 1', async () => {
  const { database, run } = await project({ ...FIRST, ...BROKEN });
  const { stdout, exitCode } = await run([database.url]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('In 20260102000000_create_notes, statement 2: ALTER TABLE absent');
  expect(stdout).toContain('Applied before it, and kept: 1 migration');
  await database.query('CREATE TABLE absent (b INT)');
  const resumed = await run([database.url]);
  expect(resumed.stdout).toContain('Ran 1 migration:\n- 20260102000000_create_notes.js');
  expect(resumed.exitCode).toBe(0);
});

test.each([
  ['no URL', [], 'No database is named.'],
  ['a URL without a database', ['mysql://root:hush@127.0.0.1:3306'], 'The URL names no database.'],
  ['a URL that is none', ['hush'], 'The URL is not a URL'],
  ['an unknown migration', ['mysql://root@127.0.0.1/a', '--to', 'nope'], 'no migration "nope"'],
])(
  'migrate:database with %s exits with a message and without the URL',
  async (_what, argv, words) => {
    const { run } = await project(FIRST);
    const { stderr, stdout, exitCode } = await run(argv);
    expect(stderr).toContain(words);
    expect(stdout + stderr).not.toContain('hush');
    expect([2, 3]).toContain(exitCode);
  },
);

test('migrate:database speaks of the URL if the login is refused, and not of the key of a fleet', async () => {
  const { database, run } = await project(FIRST);
  const { host, port } = database;
  const { stdout, exitCode } = await run([`mysql://nobody_here:hush@${host}:${port}/a`]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/Next: Check that the server runs and that the URL\s+has its host/);
  expect(stdout).not.toMatch(/hush|DB_ENCRYPTION_KEY/);
});
