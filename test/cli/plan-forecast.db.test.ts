import { expect, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { realFleet, writeMigrations } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 180_000 });

const FIRST = {
  '20260101000000_create_tasks.js': `
    export const up = (knex) => knex.schema.createTable('tasks', (table) => {
      table.increments('id');
      table.string('title');
      table.integer('priority');
    });
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

const SECOND = {
  '20260102000000_copy_tasks.js': `
    export const up = (knex) => knex.schema.alterTable('tasks', (table) => { table.text('title').alter(); });
    export const down = () => {};`,
  '20260103000000_index_tasks.js': `
    export const up = (knex) => knex.schema.alterTable('tasks', (table) => { table.index('priority'); });
    export const down = () => {};`,
};

const eventsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('migrate:plan --forecast shows times, sizes and locks of each tenant, and a later run is compared with them', async () => {
  const names = ['Acme', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta'];
  const fleet = await realFleet(names, FIRST);
  await fleet.run('migrate:all-tenants');
  const [acme, beta] = fleet.tenants;
  await acme?.query("INSERT INTO tasks (title, priority) VALUES ('hush', 1)");
  for (let doubled = 0; doubled < 13; doubled += 1) {
    await acme?.query('INSERT INTO tasks (title, priority) SELECT title, priority FROM tasks');
  }
  await acme?.query('ANALYZE TABLE tasks');
  await beta?.query('DROP TABLE tasks');
  await writeMigrations(fleet.folder, SECOND);
  const scratch = await createDatabase('scratch');
  const env = { FANFOLD_SCRATCH_URL: scratch.url };

  const shown = await fleet.run('migrate:plan --forecast', env);
  expect(shown.stderr).not.toContain('Error');
  expect(shown.stdout).toContain('Forecast, 8 tenants at a time, with verdicts of M');
  expect(shown.stdout).toMatch(/copies tasks \(.* about [\d,]+ rows\)/);
  expect(shown.stdout).toMatch(/- acme: tasks, .*, about [\d,]+ rows/);
  expect(shown.stdout).toContain('usual rates: too few earlier runs');
  expect(shown.stdout).toContain(
    'beta: 20260102000000_copy_tasks, statement 1, needs the table tasks, which it lacks',
  );
  expect(shown.stdout).not.toContain('hush');
  // One of the migrations would fail.
  expect(shown.exitCode).toBe(1);

  const json = eventsOf((await fleet.run('migrate:plan --forecast --json', env)).stdout);
  const ofAcme = json.find((event) => event.tenant?.slug === 'acme' && 'ms' in event);
  expect(ofAcme).toMatchObject({
    type: 'tenant-forecast',
    migrations: [
      {
        id: '20260102000000_copy_tasks',
        work: { copy: { statements: 1 } },
        basis: { of: 'default' },
      },
      { id: '20260103000000_index_tasks', work: { index: { statements: 1 } } },
    ],
  });
  expect(ofAcme.tables[0].rows).toBeGreaterThan(4_000);
  expect(ofAcme.temporaryBytes).toBeGreaterThan(100_000);
  expect(ofAcme.ms.high).toBeGreaterThan(ofAcme.ms.low);
  expect(json.at(-1)).toMatchObject({
    type: 'fleet-forecast',
    tenants: names.length,
    upToDate: 0,
    unread: 0,
    failing: { tenants: 1 },
    largest: [{ tenant: { slug: 'acme' } }],
  });
  // Nothing was written: not even a lock or a record.
  expect(await acme?.query('SELECT COUNT(*) AS count FROM knex_migrations')).toEqual([
    expect.objectContaining({ count: 1 }),
  ]);

  const run = await fleet.run('migrate:all-tenants --json');
  expect(eventsOf(run.stdout).at(-1)).toMatchObject({
    type: 'forecast-compared',
    tenants: { tenants: names.length - 1 },
    migrations: { '20260102000000_copy_tasks': { tenants: names.length - 1 } },
  });

  await writeMigrations(fleet.folder, {
    '20260104000000_index_again.js': `
      export const up = (knex) => knex.schema.alterTable('tasks', (table) => { table.index(['priority', 'id']); });
      export const down = () => {};`,
  });
  const later = await fleet.run('migrate:plan --forecast --json acme', env);
  expect(eventsOf(later.stdout).at(-1)).toMatchObject({
    type: 'fleet-forecast',
    migrations: [{ id: '20260104000000_index_again', basis: { samples: 5 } }],
  });
  expect(await scratch.query('SHOW TABLES')).toEqual([]);
});

test('migrate:plan --forecast is refused without a scratch server and for a rollback', async () => {
  const fleet = await realFleet([], FIRST);
  const without = await fleet.run('migrate:plan --forecast');
  expect(without.stderr).toContain('--forecast needs a scratch server');
  expect(without.exitCode).toBe(2);
  const rollback = await fleet.run('migrate:plan --forecast --scratch --rollback');
  expect(rollback.stderr).toContain('--forecast has no meaning with --rollback');
  expect(rollback.exitCode).toBe(2);
});
