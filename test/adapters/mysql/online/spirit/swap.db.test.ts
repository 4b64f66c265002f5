import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../support/database.ts';
import { migrate } from '../../../../support/migrating.ts';
import { bundle, migration } from '../../../../support/migrations.ts';
import { meansOf, whyNot } from '../../../../support/online-programs.ts';
import { stoppedAt } from './change-in-window.ts';

vi.setConfig({ testTimeout: 300_000 });

const skipped = whyNot('Spirit') !== '';
const COPY = 'ALTER TABLE tasks MODIFY points BIGINT';
const EXTERNAL = { onlineChange: 'external' } as const;
const migrations = (sql: string) =>
  bundle(migration('20260101000000_change', (knex) => knex.raw(sql)));
const change = (database: TestDatabase, sql = COPY) =>
  migrate(database, migrations(sql), { safety: EXTERNAL, online: meansOf('Spirit') });

async function ground(more = ''): Promise<TestDatabase> {
  const database = await createDatabase('cutover');
  const connection = await database.multiConnection();
  await connection.query(`
    CREATE TABLE tasks (id INT PRIMARY KEY, points INT, body VARCHAR(20));
    INSERT INTO tasks VALUES (1, 1, 'a'), (2, 2, 'b');
    ${more}`);
  return database;
}

it.skipIf(skipped)(
  'a transaction that holds the table is not killed: its rows are kept, and the change waits for it',
  async () => {
    const database = await ground();
    const session = await database.connection();
    const attempt = await stoppedAt('checksum passed', database, COPY, async () => {
      await session.beginTransaction();
      await session.query("UPDATE tasks SET points = 7, body = 'kept' WHERE id = 1");
      // Longer than the three times that Spirit asks for the lock.
      void sleep(14_000).then(() => session.commit());
    });
    expect(attempt.status === 'failed' ? attempt.failure.message : attempt.status).toBe('migrated');
    expect(await database.query('SELECT points, body FROM tasks WHERE id = 1')).toEqual([
      { points: 7, body: 'kept' },
    ]);
  },
);

it.skipIf(skipped)('a table that somebody alters meanwhile is left alone', async () => {
  const database = await ground();
  const session = await database.connection();
  const attempt = await stoppedAt('copy rows complete', database, COPY, async () => {
    await session.query('ALTER TABLE tasks ADD COLUMN mine INT');
  });
  expect(attempt).toMatchObject({ status: 'failed' });
  const names = await database.query('SHOW COLUMNS FROM tasks');
  expect(names.map(({ Field, Type }) => [Field, Type])).toContainEqual(['mine', 'int']);
  expect(names.map(({ Field, Type }) => [Field, Type])).toContainEqual(['points', 'int']);
});

it.skipIf(skipped).each(['_tasks_new', '_tasks_old', '_tasks_chkpnt'])(
  'the table %s of somebody else is not dropped',
  async (table) => {
    const database = await ground(
      `CREATE TABLE ${table} (id INT PRIMARY KEY); INSERT INTO ${table} VALUES (42);`,
    );
    const attempt = await change(database);
    expect(attempt).toMatchObject({ failure: { code: 'OnlineChangeRefused' } });
    expect(attempt.status === 'failed' && attempt.failure.message).toContain(table);
    expect(await database.query(`SELECT id FROM ${table}`)).toEqual([{ id: 42 }]);
  },
);

it.skipIf(skipped)(
  'tables of an abandoned change of ours are dropped, and those of another table are not',
  async () => {
    const database = await ground(`
      CREATE TABLE _fanfold_oc_0123456789ab_spi (id INT PRIMARY KEY) COMMENT = 'tasks';
      CREATE TABLE _tasks_new LIKE tasks;
      CREATE TABLE _others_new LIKE tasks;`);
    expect(await change(database)).toMatchObject({ status: 'migrated' });
    expect(await database.query("SHOW TABLES LIKE '\\\\_%'")).toHaveLength(1);
  },
);

it.skipIf(skipped)('a Spirit that is at work on the table is waited for', async () => {
  const database = await ground();
  const other = await database.connection();
  const name = database.database;
  const digits = hash('sha1', `${name}tasks`, 'hex').slice(0, 8);
  await other.query('SELECT GET_LOCK(?, 0)', [`${name.slice(0, 20)}.tasks-${digits}`]);
  expect(await change(database)).toMatchObject({
    failure: { code: 'OnlineChangeBusy', retryable: true },
  });
  await other.end();
});

it.skipIf(skipped).each([
  ['MODIFY body VARCHAR(3)', /might not take every value/],
  ['MODIFY body VARCHAR(20) NOT NULL, MODIFY points BIGINT', /NOT NULL/],
  ['MODIFY points BIGINT, ADD UNIQUE KEY (points)', /unique keys/],
  ['MODIFY Points BIGINT', /as Points/],
  ["MODIFY points BIGINT COMMENT '50%'", /percent/],
  ['MODIFY points BIGINT, ADD COLUMN made INT NOT NULL', /no default/],
])('refuses %s, and leaves nothing', async (clauses, reason) => {
  const database = await ground();
  const attempt = await change(database, `ALTER TABLE tasks ${clauses}`);
  expect(attempt).toMatchObject({ failure: { code: 'OnlineChangeRefused' } });
  expect(attempt.status === 'failed' && attempt.failure.message).toMatch(reason);
  expect(await database.query("SHOW TABLES LIKE '\\\\_%'")).toEqual([]);
});

it.skipIf(skipped)('a CHECK constraint with a name of its own is refused', async () => {
  const database = await ground('ALTER TABLE tasks ADD CONSTRAINT positive CHECK (id > 0);');
  const attempt = await change(database);
  expect(attempt.status === 'failed' && attempt.failure.message).toMatch(/lose: positive/);
});
