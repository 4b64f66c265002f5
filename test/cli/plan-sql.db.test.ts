import { expect, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { realFleet, writeMigrations } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const FIRST = {
  '20260101000000_create_tasks.js': `
    export const up = (knex) => knex.schema.createTable('tasks', (table) => {
      table.increments('id');
      table.string('title');
    });
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

const SECOND = {
  '20260102000000_change_tasks.js': `
    export async function up(knex) {
      await knex.schema.alterTable('tasks', (table) => { table.integer('priority'); });
      await knex.schema.alterTable('tasks', (table) => { table.text('title').alter(); });
      await knex('tasks').insert({ title: 'hush' });
    }
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

test('migrate:plan --sql shows the SQL of pending migrations with verdicts, and touches no tenant', async () => {
  const fleet = await realFleet(['Acme', 'Beta'], FIRST);
  await fleet.run('migrate:all-tenants');
  await writeMigrations(fleet.folder, SECOND);
  const scratch = await createDatabase('scratch');
  const env = { FANFOLD_SCRATCH_URL: scratch.url };

  const { stdout, exitCode } = await fleet.run('migrate:plan --sql', env);
  const lines = stdout.slice(stdout.indexOf('SQL as sent')).split('\n');
  expect(lines.slice(1, -1)).toEqual([
    '',
    '20260102000000_change_tasks',
    '  1. [instant] alter table `tasks` add `priority` int',
    expect.stringMatching(
      /^ {2}2\. \[copies the table, .*\] alter table `tasks` modify `title` text/,
    ),
    '  3. insert into `tasks` (`title`) values (?)',
  ]);
  expect(exitCode).toBe(0);
  expect(await scratch.query('SHOW TABLES')).toEqual([]);
  expect(await fleet.tenants[0]?.query('SELECT * FROM tasks')).toEqual([]);

  const json = await fleet.run('migrate:plan --sql --json', env);
  const events = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.at(-1)).toMatchObject({
    type: 'migration-sql',
    migration: '20260102000000_change_tasks',
    statements: [{ number: 1, verdict: { how: 'instant' } }, { verdict: { how: 'copy' } }, {}],
  });

  const onTenant = await fleet.run('migrate:plan --sql', {
    FANFOLD_SCRATCH_URL: fleet.tenants[0]?.url ?? '',
  });
  expect(onTenant.stderr).toContain('has the name of the database of the tenant acme');
  expect(onTenant.exitCode).toBe(3);

  const without = await fleet.run('migrate:plan --sql');
  expect(without.stderr).toContain('--sql needs a scratch server');
  expect(without.exitCode).toBe(2);

  const other = await fleet.run('migrate:plan --sql --scratch mysql:5.0', env);
  expect(other.stderr).toContain('and mysql:5.0 was requested');
  expect(other.exitCode).toBe(3);
});
