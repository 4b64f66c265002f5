import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { realFleet, writeMigrations } from './support/real-fleet.ts';

// Every command line is a process of its own, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 180_000 });

const FIRST = {
  '20260101000000_create_tasks.js': `
    export const up = (knex) => knex.schema.createTable('tasks', (table) => {
      table.increments('id');
      table.string('title');
    });
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

const SOUND = {
  '20260102000000_add_priority.js': `
    export const up = (knex) => knex.schema.alterTable('tasks', (table) => { table.integer('priority'); });
    export const down = (knex) => knex.schema.alterTable('tasks', (table) => { table.dropColumn('priority'); });`,
};

const FAULTY = {
  '20260103000000_add_token.js': `
    export async function up(knex) {
      await knex.schema.alterTable('tasks', (table) => { table.string('token'); });
      await knex('tasks').update({ token: Math.random().toString(36) });
    }
    export const down = (knex) => knex.schema.alterTable('tasks', (table) => { table.dropColumn('token'); });`,
};

test('migrate:rehearse finds what is wrong, and starts from the shapes of a file without reaching a tenant', async () => {
  const fleet = await realFleet(['Acme', 'Beta'], FIRST);
  await fleet.run('migrate:all-tenants');
  await fleet.tenants[1]?.query('ALTER TABLE tasks ADD INDEX by_title (title)');
  await writeMigrations(fleet.folder, SOUND);
  const scratch = await createDatabase('scratch');
  const env = { FANFOLD_SCRATCH_URL: scratch.url };
  expect((await fleet.run('fleet:shapes --export shapes.jsonl')).exitCode).toBe(0);

  const sound = await fleet.run(
    'migrate:rehearse --stops 3 --shapes shapes.jsonl --evidence rehearsal.json',
    env,
  );
  expect(sound.stdout).toContain('Another name of the database was not tried');
  expect(sound.stdout).toContain(
    'It has 1 difference from the database after 20260101000000_create_tasks',
  );
  expect(sound.stdout).toContain('1. [instant] alter table `tasks` add `priority` int');
  expect(sound.exitCode).toBe(0);
  const evidence = JSON.parse(await readFile(join(fleet.folder, 'rehearsal.json'), 'utf8'));
  expect(evidence).toMatchObject({ fanfold: 'rehearsal', format: 1, result: 'right' });
  expect(evidence.shapes.map(({ pending }: { pending: string[] }) => pending.length)).toEqual([
    2, 1, 0, 1,
  ]);
  expect(await scratch.query('SHOW TABLES')).toEqual([]);

  await writeMigrations(fleet.folder, FAULTY);
  const faulty = await fleet.run(
    'migrate:rehearse --stops 3 --from 20260103000000_add_token --json',
    env,
  );
  const events = faulty.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toMatchObject([
    { type: 'migration-rehearsed', result: 'wrong', findings: [{ rule: 'depends-on-chance' }] },
    { type: 'rehearsal-finished', result: 'wrong', migrations: 1 },
  ]);
  expect(faulty.exitCode).toBe(1);
  expect(faulty.stdout).not.toContain(scratch.password);

  const onTenant = await fleet.run('migrate:rehearse', {
    FANFOLD_SCRATCH_URL: fleet.tenants[0]?.url ?? '',
  });
  expect(onTenant.stderr).toContain('has the name of the database of the tenant acme');
  expect(onTenant.exitCode).toBe(3);

  const unknown = await fleet.run('migrate:rehearse --migration 20260103000000_add_tokens', env);
  expect(unknown.stderr).toContain('Did you mean "20260103000000_add_token"?');
  expect(unknown.exitCode).toBe(2);
});

async function driftedFleet() {
  const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], FIRST);
  await fleet.run('migrate:all-tenants');
  await fleet.tenants[1]?.query('ALTER TABLE tasks ADD COLUMN priority int');
  await fleet.tenants[0]?.query("INSERT INTO tasks (title) VALUES ('of a tenant')");
  await writeMigrations(fleet.folder, SOUND);
  // Nobody listens there, so that the shape of this tenant is not known.
  await fleet.central.query("UPDATE tenants SET dbPort = 1 WHERE slug = 'gamma'");
  const scratch = await createDatabase('scratch');
  return { fleet, scratch, env: { FANFOLD_SCRATCH_URL: scratch.url } };
}

test('migrate:rehearse --from-fleet starts from what tenants have, and names those that it could not read', async () => {
  const { fleet, scratch, env } = await driftedFleet();
  const columns = () =>
    Promise.all(fleet.tenants.map((each) => each.query('SHOW CREATE TABLE tasks')));
  const before = await columns();

  const all = await fleet.run(
    'migrate:rehearse --from-fleet --stops 3 --evidence rehearsal.json',
    env,
  );
  expect(all.stdout).toContain('📋 Found 3 tenant(s) to read');
  expect(all.stdout).toContain('📐 2 shapes of 2 tenants');
  expect(all.stdout).toContain('❌ Not read: 1 tenant');
  expect(all.stdout).toContain('Tenants: gamma');
  // The drifted tenant has the column already; from an empty database the same migration is right.
  expect(all.stdout).toContain('✅ 20260102000000_add_priority');
  expect(all.stdout).toMatch(/From the shape [0-9a-f]{12} of 1 tenant \(beta\)/);
  expect(all.stdout).toContain('❌ 20260102000000_add_priority');
  expect(all.stderr.replaceAll(/\s+/g, ' ')).toContain(
    '1 tenant of the fleet is not in this rehearsal',
  );
  expect(all.exitCode).toBe(1);
  const evidence = JSON.parse(await readFile(join(fleet.folder, 'rehearsal.json'), 'utf8'));
  // The drifted tenant looks as one that has applied both; but it has recorded one.
  const covered = evidence.shapes.map((each: { pending: string[]; result: string }) => [
    each.pending.length,
    each.result,
  ]);
  expect(covered).toEqual([
    [2, 'right'],
    [1, 'right'],
    [0, 'right'],
    [1, 'wrong'],
  ]);
  expect(await columns()).toEqual(before);
  expect(await scratch.query('SHOW TABLES')).toEqual([]);

  const named = await fleet.run('migrate:rehearse --from-fleet acme --stops 3 --json', env);
  const events = named.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ type }) => type)).toEqual([
    'tenant-shape',
    'fleet-shapes',
    'migration-rehearsed',
    'migration-rehearsed',
    'rehearsal-finished',
  ]);
  expect(events[1]).toMatchObject({ shapes: 1, tenants: 1, unreadable: { total: 0 } });
  expect(named.exitCode).toBe(0);

  const partly = 'migrate:rehearse --from-fleet acme gamma --stops 0';
  expect((await fleet.run(partly, env)).exitCode).toBe(0);
  expect((await fleet.run(`${partly} --fail-on-warnings`, env)).exitCode).toBe(1);

  const none = await fleet.run('migrate:rehearse --from-fleet gamma', env);
  expect(none.stderr).toContain('so nothing was rehearsed');
  expect(none.exitCode).toBe(1);
});

test.each([
  ['--from-fleet --shapes shapes.jsonl', '--from-fleet and --shapes exclude each other'],
  ['acme', 'The tenant "acme" needs --from-fleet'],
  ['--hosts db1.example.com', '--hosts needs --from-fleet'],
  ['--concurrency 2', '--concurrency needs --from-fleet'],
])('migrate:rehearse %s is refused before a server is started', async (argv, message) => {
  const fleet = await realFleet([], FIRST);
  const { stderr, exitCode } = await fleet.run(`migrate:rehearse ${argv}`);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(2);
});

const FILLING = {
  '20260102000000_fill_titles.js': `
    export const backfill = { table: 'tasks', where: 'title IS NULL', update: "title = 'none'", keep: true };
    export const down = async () => {};`,
  '20260103000000_require_titles.js': `
    export const requires = ['20260102000000_fill_titles'];
    export const up = (knex) => knex.schema.alterTable('tasks', (table) => { table.string('title').notNullable().alter(); });
    export const down = (knex) => knex.schema.alterTable('tasks', (table) => { table.string('title').nullable().alter(); });`,
};

test('migrate:rehearse rehearses a backfill that keeps prior values, and says what it fills', async () => {
  const fleet = await realFleet(['Acme'], { ...FIRST, ...FILLING });
  const scratch = await createDatabase('scratch');
  const { stdout, exitCode } = await fleet.run('migrate:rehearse --stops 3', {
    FANFOLD_SCRATCH_URL: scratch.url,
  });
  expect(stdout).toContain('  fills rows of tasks in batches');
  expect(stdout).not.toContain('fanfold_kept');
  expect(stdout).toContain('Rehearsed 3 migrations: 3 right.');
  expect(exitCode).toBe(0);
});
