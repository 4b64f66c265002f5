import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { writeMigrations } from './support/real-fleet.ts';
import { runCliProcess } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const MIGRATIONS = {
  '20260101000000_create_tasks.js': `
    export const up = (knex) => knex.schema.createTable('tasks', (table) => {
      table.bigIncrements('id');
      table.string('title', 40);
      table.string('note', 200);
    });
    export const down = (knex) => knex.schema.dropTable('tasks');`,
  '20260102000000_change_tasks.js': `
    // fanfold-allow wide-index: only a test
    export async function up(knex) {
      await knex.schema.alterTable('tasks', (table) => { table.string('title', 80).alter(); });
      await knex.schema.alterTable('tasks', (table) => { table.dropColumn('note'); });
      await knex('tasks').insert({ title: 'hush' + Math.random() });
    }
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

/** Runs `migrate:lint` in a project with two migrations, without a central database. */
async function project(config?: object) {
  const folder = await fixtureFolder({
    'package.json': '{"type":"module"}',
    ...(config !== undefined && { 'fanfold.config.json': JSON.stringify(config) }),
  });
  await writeMigrations(folder, MIGRATIONS);
  const run = (argv: string, env: Record<string, string> = {}) =>
    runCliProcess(`migrate:lint ${argv}`.trim().split(' '), { cwd: folder, env });
  return { folder, run };
}

test('migrate:lint judges what migrations send and their files, in every format', async () => {
  const { folder, run } = await project({ safety: { rules: { 'depends-on-chance': 'error' } } });
  const scratch = await createDatabase('scratch');
  await scratch.query(`ALTER DATABASE ${scratch.database} CHARACTER SET utf8mb4`);
  const env = { FANFOLD_SCRATCH_URL: scratch.url };

  const text = await run('--junit lint.xml', env);
  expect(text.stdout).toContain(
    '❌ grows-past-255-bytes: 20260102000000_change_tasks, statement 1, line 4\n   tasks.title grows from 160 to 320 bytes.\n   alter table `tasks` modify `title` varchar(80)\n',
  );
  expect(text.stdout).toContain('❌ depends-on-chance: 20260102000000_change_tasks, line 6\n');
  expect(text.stdout).toMatch(
    /\n❌ Judged 2 migrations on M.* \d[\d.]+: 2 errors, 0 warnings\.\nNot shown: 2 findings of rules that are off by default: copies-table \(1\), drops-column \(1\)\. Show with --every\.\n$/,
  );
  expect(text.stdout).not.toContain('hush');
  expect(text.exitCode).toBe(1);
  const junit = await readFile(join(folder, 'lint.xml'), 'utf8');
  expect(junit).toContain(
    '<testsuites name="fanfold" tests="2" failures="1" errors="0" skipped="0">',
  );
  expect(junit).toContain('<failure type="grows-past-255-bytes"');

  const json = await run('--json --every', env);
  const events = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ type, rule }) => rule ?? type)).toEqual(
    expect.arrayContaining(['copies-table', 'drops-column', 'depends-on-chance']),
  );
  expect(events.at(-1)).toMatchObject({
    type: 'lint-finished',
    migrations: 2,
    withoutStatements: 0,
  });

  const sarif = JSON.parse((await run('--format sarif', env)).stdout);
  const [{ tool, results }] = sarif.runs;
  expect(sarif.version).toBe('2.1.0');
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toContain('grows-past-255-bytes');
  expect(results).toMatchObject([
    {
      ruleId: 'grows-past-255-bytes',
      level: 'error',
      locations: [{ physicalLocation: { region: { startLine: 4 } } }],
    },
    {
      ruleId: 'depends-on-chance',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'migrations/tenant/20260102000000_change_tasks.js' },
            region: { startLine: 6 },
          },
        },
      ],
    },
  ]);

  const github = await run('--format github', env);
  expect(github.stdout).toMatch(
    /^::error file=.*20260102000000_change_tasks\.js,line=6,title=depends-on-chance::It uses Math\.random\./m,
  );
  expect(await scratch.query('SHOW TABLES')).toEqual([]);
});

test('migrate:lint without a scratch server judges the files, and says what it did not judge', async () => {
  const { run } = await project({
    safety: {
      rules: { 'no-down': 'warning', 'depends-on-chance': 'error' },
      allow: { '20260102000000_change_tasks': { 'depends-on-chance': 'a test' } },
    },
  });
  const { stdout, exitCode } = await run('');
  expect(stdout).toContain('✅ Judged 2 migrations: 0 errors, 0 warnings, 1 allowed.\n');
  expect(stdout).toMatch(/Not judged: what the migrations send, which \d+ of \d+ rules look at\./);
  expect(exitCode).toBe(0);

  const unknown = await run('20260102000000_chang_tasks');
  expect(unknown.stderr).toContain('Did you mean "20260102000000_change_tasks"?');
  expect(unknown.exitCode).toBe(2);
});

test('a rule that the configuration misspells is refused with the nearest name', async () => {
  const { run } = await project({ safety: { rules: { 'copies-tables': 'error' } } });
  const { stderr, exitCode } = await run('');
  expect(stderr).toContain('"safety.rules.copies-tables" is not a key of "safety.rules".');
  expect(stderr).toContain('Did you mean "copies-table"?');
  expect(exitCode).toBe(3);
});

test('migrate:lint finds a migration that uses a column before its backfill has filled it', async () => {
  const folder = await fixtureFolder({ 'package.json': '{"type":"module"}' });
  const constrain = (more: string) => `${more}
    export const up = (knex) => knex.raw('ALTER TABLE tasks MODIFY rank INT NOT NULL, DROP COLUMN level');
    export const down = (knex) => knex.raw('ALTER TABLE tasks MODIFY rank INT, ADD level INT');`;
  const migrations = {
    '20260101000000_create_tasks.js': `
      export const up = (knex) => knex.raw('CREATE TABLE tasks (id BIGINT UNSIGNED PRIMARY KEY, level INT, rank INT)');
      export const down = (knex) => knex.schema.dropTable('tasks');`,
    '20260102000000_fill_ranks.js': `
      export const backfill = { table: 'tasks', where: 'rank IS NULL', update: 'rank = level * 10' };
      export const up = (knex) => knex.raw('UPDATE tasks SET rank = level * 10');
      export const down = (knex) => knex.raw('UPDATE tasks SET rank = NULL');`,
    '20260103000000_constrain_ranks.js': constrain(''),
  };
  await writeMigrations(folder, migrations);
  const scratch = await createDatabase('scratch');
  const lint = () =>
    runCliProcess(['migrate:lint'], { cwd: folder, env: { FANFOLD_SCRATCH_URL: scratch.url } });
  const { stdout, exitCode } = await lint();
  expect(stdout).toContain(
    '❌ constrains-before-backfill: 20260103000000_constrain_ranks, statement 1, line 2\n   tasks.rank no longer allows NULL before 20260102000000_fill_ranks has filled it.\n',
  );
  expect(stdout).toContain('❌ drops-before-backfill: 20260103000000_constrain_ranks');
  expect(exitCode).toBe(1);

  await writeMigrations(folder, {
    '20260103000000_constrain_ranks.js': constrain(
      "export const requires = ['20260102000000_fill_ranks'];",
    ),
  });
  const sound = await lint();
  expect(sound.stdout).not.toContain('before-backfill');
  expect(sound.exitCode).toBe(0);
});
