import type { Knex } from 'knex';
import { expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { backfill, bundle, migration } from '../../../support/migrations.ts';

const CREATE = migration('20260101000000_create_tasks', (knex) =>
  knex.schema.createTable('tasks', (table) => {
    table.increments('id');
    table.integer('points').notNullable().defaultTo(0);
    table.boolean('is_old').notNullable().defaultTo(false);
  }),
);
const COUNT = backfill('20260102000000_fill_points', {
  table: 'tasks',
  batch: 100,
  update: 'points = points + 1',
});
const ADD = migration('20260103000000_add_note_to_tasks', (knex) =>
  knex.schema.alterTable('tasks', (table) => {
    table.string('note');
  }),
);
const BUNDLE = bundle(CREATE, COUNT, ADD);
/** No rests: they are for others, and there are none. */
const AT_ONCE = { pace: () => 1 };

async function withRows(count: number): Promise<TestDatabase> {
  const database = await createDatabase('backfill');
  await migrate(database, bundle(CREATE));
  const rows = Array.from({ length: count }, (_, i) => `(${(i + 1) * 3})`);
  if (count > 0) await database.query(`INSERT INTO tasks (id) VALUES ${rows.join(', ')}`);
  return database;
}

const pointsOf = (database: TestDatabase) =>
  database.query(
    'SELECT points, COUNT(*) AS count FROM tasks GROUP BY points ORDER BY points DESC',
  );
const namesOf = async (database: TestDatabase) =>
  (await database.query('SELECT name FROM knex_migrations ORDER BY id')).map(({ name }) => name);

it('leaves a backfill to its own phase, and applies later migrations without it', async () => {
  const database = await withRows(10);
  expect(await migrate(database, BUNDLE)).toMatchObject({
    status: 'migrated',
    applied: [{ name: `${ADD.id}.js` }],
    notes: [{ code: 'BackfillsPending' }],
  });
  expect(await pointsOf(database)).toEqual([{ points: 0, count: 10 }]);
  expect(await migrate(database, BUNDLE)).toMatchObject({
    status: 'unchanged',
    notes: [{ code: 'BackfillsPending' }],
  });
});

it('changes each row once, in batches, and is recorded as a migration', async () => {
  const database = await withRows(1_050);
  await migrate(database, BUNDLE);
  const seen: number[] = [];
  const attempt = await migrate(database, BUNDLE, {
    phase: 'backfills',
    backfills: { ...AT_ONCE, onProgress: ({ rowsDone }) => seen.push(rowsDone) },
  });
  expect(attempt).toMatchObject({ status: 'migrated', applied: [{ name: `${COUNT.id}.js` }] });
  expect(await pointsOf(database)).toEqual([{ points: 1, count: 1_050 }]);
  expect(seen.at(-1)).toBe(1_050);
  expect(seen.length).toBeGreaterThan(10);
  expect(await namesOf(database)).toEqual([`${CREATE.id}.js`, `${ADD.id}.js`, `${COUNT.id}.js`]);
  expect(
    await database.query(
      'SELECT rows_done, rows_changed, finished_at IS NULL AS open FROM fanfold_backfills',
    ),
  ).toEqual([{ rows_done: 1_050, rows_changed: 1_050, open: 0 }]);
  expect(await migrate(database, BUNDLE, { phase: 'all', strict: true })).toMatchObject({
    status: 'unchanged',
    notes: [],
  });
});

it('continues at the next row after it was paused', async () => {
  const database = await withRows(1_000);
  let batches = 0;
  const paused = await migrate(database, BUNDLE, {
    phase: 'all',
    backfills: { ...AT_ONCE, pause: () => ++batches > 6 },
  });
  expect(paused).toMatchObject({ status: 'continue' });
  const halfway = await pointsOf(database);
  expect(halfway).toHaveLength(2);
  expect(await migrate(database, BUNDLE, { phase: 'all', backfills: AT_ONCE })).toMatchObject({
    status: 'migrated',
  });
  expect(await pointsOf(database)).toEqual([{ points: 1, count: 1_000 }]);
});

it('gives keys of rows that the condition selects to a function', async () => {
  const database = await withRows(250);
  await database.query('UPDATE tasks SET is_old = TRUE WHERE id % 2 = 0');
  const given: number[] = [];
  const rows = backfill('20260102000000_fill_points', {
    table: 'tasks',
    where: 'is_old -- those before the change',
    batch: 100,
    rows: async (knex: Knex, keys: number[]) => {
      given.push(...keys);
      await knex('tasks').whereIn('id', keys).increment('points', 1);
    },
  });
  const attempt = await migrate(database, bundle(CREATE, rows), {
    phase: 'backfills',
    backfills: AT_ONCE,
  });
  expect(attempt).toMatchObject({ status: 'migrated' });
  expect(given).toEqual(Array.from({ length: 125 }, (_, i) => (i + 1) * 6));
  expect(await database.query('SELECT is_old, points FROM tasks GROUP BY 1, 2 ORDER BY 1')).toEqual(
    [
      { is_old: 0, points: 0 },
      { is_old: 1, points: 1 },
    ],
  );
});

it('rolls a batch back if its function throws, and begins there again', async () => {
  const database = await withRows(300);
  let fails = true;
  const rows = backfill('20260102000000_fill_points', {
    table: 'tasks',
    batch: 100,
    rows: async (knex: Knex, keys: number[]) => {
      await knex('tasks').whereIn('id', keys).increment('points', 1);
      if (fails && keys.includes(450)) throw new Error('no answer from the price service');
    },
  });
  const again = () =>
    migrate(database, bundle(CREATE, rows), { phase: 'backfills', backfills: AT_ONCE });
  expect(await again()).toMatchObject({
    status: 'failed',
    failure: {
      code: 'MigrationThrew',
      migration: rows.id,
      message: expect.stringContaining('no answer from the price service'),
    },
  });
  expect(await pointsOf(database)).toEqual([
    { points: 1, count: 100 },
    { points: 0, count: 200 },
  ]);
  fails = false;
  expect(await again()).toMatchObject({ status: 'migrated' });
  expect(await pointsOf(database)).toEqual([{ points: 1, count: 300 }]);
});
