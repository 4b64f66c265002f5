import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import type { Backfill } from '../../../../src/core/backfill/backfill.ts';
import { createDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { backfill, bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

const UPDATE = { table: 'tasks', update: 'n = n + 1' };
const TASKS = 'CREATE TABLE tasks (id INT PRIMARY KEY, n INT NOT NULL DEFAULT 0)';

const refusals: [why: string, create: string, does: Backfill, words: string][] = [
  ['without the table', 'CREATE TABLE other (id INT PRIMARY KEY)', UPDATE, 'does not exist'],
  [
    'of a view',
    `${TASKS}; CREATE VIEW seen AS SELECT * FROM tasks`,
    { ...UPDATE, table: 'seen' },
    'not a table but a view',
  ],
  ['of a table without transactions', `${TASKS} ENGINE = MyISAM`, UPDATE, 'has no transactions'],
  ['without a primary key', 'CREATE TABLE tasks (id INT, n INT)', UPDATE, 'has no primary key'],
  [
    'with a part of a column as key',
    'CREATE TABLE tasks (id TEXT, n INT, PRIMARY KEY (id(9)))',
    UPDATE,
    'only its first characters',
  ],
  [
    'with a key that changes with its row',
    'CREATE TABLE tasks (id TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, n INT, PRIMARY KEY (id))',
    UPDATE,
    'changes with every update',
  ],
  [
    'that sets the key',
    TASKS,
    { ...UPDATE, update: 'n = 1, `tasks`.`ID` = id + 1' },
    'a column of the primary key',
  ],
  [
    'with several statements',
    TASKS,
    { ...UPDATE, update: 'n = 1; DROP TABLE tasks' },
    'is not one SET list',
  ],
  [
    'with an open bracket',
    TASKS,
    { ...UPDATE, where: 'id = 1) OR (1 = 1' },
    'is not one condition',
  ],
  ['with an open quote', TASKS, { ...UPDATE, where: "n = 'a" }, 'is not one condition'],
];

describe('a backfill is refused, and nothing is changed,', () => {
  it.each(refusals)('%s', async (_, create, does, words) => {
    const database = await createDatabase('refused');
    for (const sql of create.split('; ')) await database.query(sql);
    const attempt = await migrate(database, bundle(backfill('1_fill', does)), { phase: 'all' });
    expect(attempt).toMatchObject({
      status: 'failed',
      failure: {
        code: 'BackfillRefused',
        migration: '1_fill',
        message: expect.stringContaining(words),
      },
    });
    expect(await database.query("SHOW TABLES LIKE 'fanfold_backfills'")).toEqual([]);
    await database.drop();
  });

  it('if its file has changed since it began', async () => {
    const database = await createDatabase('refused');
    await database.query(TASKS);
    await database.query('INSERT INTO tasks (id) VALUES (1), (2), (3)');
    let batches = 0;
    const first = backfill('1_fill', { ...UPDATE, batch: 1 });
    const pause = () => ++batches > 3;
    await migrate(database, bundle(first), { phase: 'all', backfills: { pause, pace: () => 1 } });
    const changed = backfill('1_fill', UPDATE, { source: 'changed' });
    expect(await migrate(database, bundle(changed), { phase: 'all' })).toMatchObject({
      status: 'failed',
      failure: { code: 'BackfillRefused', message: expect.stringContaining('another content') },
    });
    await database.drop();
  });
});

describe('the function `rows`', () => {
  const cases: [what: string, rows: (knex: Knex) => unknown, code: string][] = [
    ['changes the schema', (knex) => knex.schema.dropTable('tasks'), 'StatementRefused'],
    [
      'begins a transaction',
      (knex) => knex.transaction(async (trx) => trx('tasks').delete()),
      'StatementRefused',
    ],
    ['commits', (knex) => knex.raw('COMMIT'), 'StatementRefused'],
    ['calls a routine', (knex) => knex.raw('CALL something()'), 'StatementRefused'],
    [
      'catches an error that ended its transaction',
      async (knex) => {
        await knex('tasks').update({ n: 5 });
        await knex.raw("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213").catch(() => {});
        await knex('tasks').update({ n: 7 });
      },
      'Deadlock',
    ],
  ];
  it.each(cases)('fails the batch if it %s', async (_, rows, code) => {
    const database = await createDatabase('rows');
    await database.query(TASKS);
    await database.query('INSERT INTO tasks (id) VALUES (1)');
    const attempt = await migrate(database, bundle(backfill('1_fill', { table: 'tasks', rows })), {
      phase: 'all',
    });
    if (attempt.status === 'failed')
      expect([code, 'StatementRefused']).toContain(attempt.failure.code);
    expect(attempt.status).toBe('failed');
    expect(await database.query('SELECT n FROM tasks')).toEqual([{ n: 0 }]);
    await database.drop();
  });
});

describe('beside other migrations', () => {
  const create = migration('1_create', (knex) => knex.raw(TASKS));
  const fill = backfill('2_fill', UPDATE);
  const needs = migration('3_needs', (knex) => knex.raw('ALTER TABLE tasks ADD m INT'), {
    requires: ['2_fill'],
  });
  const all = bundle(create, fill, needs);

  it('a migration that requires a backfill fails before anything of it runs, and runs after it', async () => {
    const database = await createDatabase('requires');
    const pending = await migrate(database, all);
    expect(pending).toMatchObject({
      status: 'failed',
      failure: { code: 'BackfillPending', retryable: false },
      applied: [{ name: '1_create.js' }],
    });
    expect(await migrate(database, all, { phase: 'backfills' })).toMatchObject({
      status: 'migrated',
    });
    expect(await migrate(database, all)).toMatchObject({
      status: 'migrated',
      applied: [{ name: '3_needs.js' }],
    });
    await database.drop();
  });

  it('nothing before a backfill that has begun is rolled back, and a complete one is rolled back by its `down`', async () => {
    const database = await createDatabase('requires');
    await migrate(database, bundle(create));
    await database.query('INSERT INTO tasks (id) VALUES (1), (2)');
    let batches = 0;
    const slow = backfill(
      '2_fill',
      { ...UPDATE, batch: 1 },
      { down: (knex) => knex('tasks').update({ n: 0 }) },
    );
    const both = bundle(create, slow);
    const pause = () => ++batches > 2;
    await migrate(database, both, { phase: 'all', backfills: { pause, pace: () => 1 } });
    const back = { command: 'rollback', steps: 1, allowEmpty: true } as const;
    expect(await migrate(database, both, back)).toMatchObject({
      failure: { code: 'BackfillUnderWay' },
      reverted: [],
    });
    await migrate(database, both, { phase: 'all' });
    expect(await migrate(database, both, back)).toMatchObject({
      reverted: [{ name: '2_fill.js' }],
    });
    expect(await database.query('SELECT DISTINCT n FROM tasks')).toEqual([{ n: 0 }]);
    expect(await migrate(database, both, { phase: 'all' })).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT DISTINCT n FROM tasks')).toEqual([{ n: 1 }]);
    await database.drop();
  });

  it('a backfill gives way to a session that waits for its tenant', async () => {
    const database = await createDatabase('way');
    await migrate(database, bundle(create));
    const rows = Array.from({ length: 400 }, (_, i) => `(${i})`);
    await database.query(`INSERT INTO tasks (id) VALUES ${rows.join()}`);
    const slow = backfill('2_fill', { ...UPDATE, batch: 1, update: 'n = n + 1 + 0 * SLEEP(0.02)' });
    const walking = migrate(database, bundle(create, slow), {
      phase: 'all',
      backfills: { pace: () => 1 },
    });
    const later = migration('3_later', (knex) => knex.raw('ALTER TABLE tasks ADD m INT'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const schema = await migrate(database, bundle(create, slow, later), { fenceWaitSeconds: 30 });
    expect(schema).toMatchObject({ status: 'migrated', applied: [{ name: '3_later.js' }] });
    expect(await walking).toMatchObject({ status: 'continue' });
    await database.drop();
  });
});

it('walks a key that the server generates and hides', async () => {
  if (testServer().flavour !== 'mysql') return;
  const database = await createDatabase('hidden');
  const connection = await testServer().rootConnection();
  await connection.query(`USE ${database.database}`);
  await connection.query('SET SESSION sql_generate_invisible_primary_key = ON');
  await connection.query('CREATE TABLE tasks (n INT NOT NULL)');
  await connection.query('INSERT INTO tasks VALUES (0), (0), (0)');
  const hides = (
    session: { query(sql: string, done: (error?: Error | null) => void): void },
    done: (error?: Error | null) => void,
  ) => session.query('SET SESSION show_gipk_in_create_table_and_information_schema = OFF', done);
  const attempt = await migrate(database, bundle(backfill('1_fill', UPDATE)), {
    phase: 'all',
    knex: { pool: { afterCreate: hides as never } },
  });
  expect(attempt).toMatchObject({ status: 'migrated' });
  expect(await database.query('SELECT n, COUNT(*) AS count FROM tasks GROUP BY n')).toEqual([
    { n: 1, count: 3 },
  ]);
  await database.drop();
});
