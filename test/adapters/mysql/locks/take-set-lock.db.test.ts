import type { RowDataPacket } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { fenceName } from '../../../../src/adapters/mysql/locks/fence-name.ts';
import {
  isSetByUser,
  lockValueOf,
  mayHaveSet,
  randomLockValue,
} from '../../../../src/adapters/mysql/locks/lock-value.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../../support/migrations.ts';
import { plainKnex } from '../../../support/plain-knex.ts';
import { testServer } from '../../../support/server.ts';

const READ = 'SELECT is_locked FROM knex_migrations_lock';

async function withLock(value: number | string, columns = ''): Promise<TestDatabase> {
  const database = await createDatabase('stale');
  await migrate(database, bundle(...SHOP.slice(0, 1)));
  if (columns !== '') await database.query(`ALTER TABLE knex_migrations_lock ${columns}`);
  await database.query(`UPDATE knex_migrations_lock SET is_locked = ${value}`);
  await database.closeConnections();
  return database;
}

/** A connection id that no session of the server has, also in its last 15 bits. */
async function idOfNobody(database: TestDatabase): Promise<number> {
  const connection = await database.connection();
  const { threadId } = connection;
  await database.closeConnections();
  return threadId + 16_384;
}

const busy = (...texts: string[]) => ({
  status: 'failed',
  failure: {
    code: 'TenantBusy',
    retryable: true,
    message: expect.stringMatching(texts.join('.*')),
    nextStep: expect.stringMatching(/UPDATE `\w+`.`knex_migrations_lock` SET is_locked = 0/),
  },
});
const cleared = { status: 'migrated', notes: [{ code: 'StaleLockCleared' }] };

describe("the value of Knex's lock", () => {
  it("the value of Knex's lock fits into an INT, never equals a value of Knex, and is recognized again", () => {
    for (const id of [0, 1, 32_767, 32_768, 2 ** 31, 2 ** 32 - 1])
      for (const user of ['', 'app', 'größe', 'a'.repeat(80), 'user@server']) {
        const value = lockValueOf({ id, user });
        expect(value).toBeLessThan(0);
        expect(value).toBeGreaterThanOrEqual(-(2 ** 31));
        expect(Number.isInteger(value)).toBe(true);
        expect(mayHaveSet(value, { id, user })).toBe(true);
        expect(mayHaveSet(value, { id: id + 1, user })).toBe(false);
        expect(isSetByUser(value, user)).toBe(true);
        expect(isSetByUser(value, `${user}2`)).toBe(false);
      }
    for (let round = 0; round < 100; round++) {
      const value = randomLockValue();
      expect(value).toBeGreaterThan(2);
      expect(value).toBeLessThan(2 ** 31);
    }
  });

  it("the value of Knex's lock blocks plain Knex, whatever it is", async () => {
    const values = [lockValueOf({ id: 7, user: 'app' }), -1, -(2 ** 31), randomLockValue()];
    for (const value of values) {
      const database = await withLock(value);
      await expect(plainKnex(database, bundle(...SHOP)).migrate.latest()).rejects.toThrow(
        /already locked/,
      );
    }
  });
});

describe('a set lock of Knex', () => {
  it('a set lock of Knex is cleared if an ended session of the same user set it', async () => {
    const database = await withLock(0);
    const value = lockValueOf({ id: await idOfNobody(database), user: database.user });
    await database.query(`UPDATE knex_migrations_lock SET is_locked = ${value}`);
    expect(await migrate(database, bundle(...SHOP))).toMatchObject(cleared);
    expect(await database.query(READ)).toEqual([{ is_locked: 0 }]);
  });

  it.each(['', 'USE information_schema'])(
    'a set lock of Knex is kept if a living session of the same user set it (%s)',
    async (statement) => {
      const database = await withLock(0);
      const holder = await database.connection();
      if (statement !== '') await holder.query(statement);
      const value = lockValueOf({ id: holder.threadId, user: database.user });
      await database.query(`UPDATE knex_migrations_lock SET is_locked = ${value}`);
      expect(await migrate(database, bundle(...SHOP))).toMatchObject(
        busy('Fanfold', `connection ${holder.threadId}`),
      );
      expect(await database.query(READ)).toEqual([{ is_locked: value }]);
    },
  );

  it('a set lock of Knex is kept if a user with hidden sessions set it, and cleared with PROCESS', async () => {
    const database = await withLock(0);
    const value = lockValueOf({ id: await idOfNobody(database), user: 'somebody_else' });
    await database.query(`UPDATE knex_migrations_lock SET is_locked = ${value}`);
    expect(await migrate(database, bundle(...SHOP))).toMatchObject(busy('another user'));
    expect(await database.query(READ)).toEqual([{ is_locked: value }]);
    await database.grant('PROCESS ON *.*');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject(cleared);
  });

  it('a set lock of Knex is kept if a living session of another user set it, even with PROCESS', async () => {
    const database = await withLock(0);
    await database.grant('PROCESS ON *.*');
    const root = await testServer().rootConnection();
    const value = lockValueOf({ id: root.threadId, user: testServer().user });
    await database.query(`UPDATE knex_migrations_lock SET is_locked = ${value}`);
    expect(await migrate(database, bundle(...SHOP))).toMatchObject(
      busy(`connection ${root.threadId}`),
    );
  });

  it.each([
    ['1', '', 'plain Knex'],
    ['2', '', 'plain Knex'],
    ['NULL', '', 'NULL'],
    ['123456789', '', 'plain Knex|Fanfold'],
    ['1', 'ADD COLUMN note INT', 'plain Knex'],
  ])(
    'a set lock of Knex is kept with the value %s of an unknown session (%s)',
    async (value, columns, text) => {
      const database = await withLock(value, columns);
      expect(await migrate(database, bundle(...SHOP))).toMatchObject(busy(text));
      expect((await database.query(READ))[0]?.is_locked).toBe(
        value === 'NULL' ? null : Number(value),
      );
    },
  );

  it.each(['1', '2', 'NULL'])(
    'a set lock of Knex is cleared with the value %s if all sessions are visible and none uses the database',
    async (value) => {
      const database = await withLock(value);
      await database.grant('PROCESS ON *.*');
      expect(await migrate(database, bundle(...SHOP))).toMatchObject(cleared);
      expect(await database.query(READ)).toEqual([{ is_locked: 0 }]);
    },
  );

  it('a set lock of Knex in one of several rows is kept or cleared in all of them', async () => {
    const database = await withLock(0);
    await database.query('INSERT INTO knex_migrations_lock (is_locked) VALUES (0), (1), (NULL)');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject(busy(''));
    expect((await database.query(READ)).map((row) => row.is_locked)).toEqual([0, 0, 1, null]);
    await database.grant('PROCESS ON *.*');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject(cleared);
    expect((await database.query(READ)).map((row) => row.is_locked)).toEqual([0, 0, 0, 0]);
  });
});

describe("Knex's lock table", () => {
  it.each([
    ['without a row', 'DELETE FROM knex_migrations_lock'],
    ['that is missing', 'DROP TABLE knex_migrations_lock'],
    ['of before Knex 0.16, without a key', 'ALTER TABLE knex_migrations_lock DROP COLUMN `index`'],
    ['that is a view', 'VIEW'],
    ['that counts in bigger numbers', 'ALTER TABLE knex_migrations_lock MODIFY is_locked BIGINT'],
  ])('%s does not prevent migrating', async (_, statement) => {
    const database = await withLock(0);
    const statements =
      statement === 'VIEW'
        ? [
            'RENAME TABLE knex_migrations_lock TO the_lock',
            'CREATE VIEW knex_migrations_lock AS SELECT * FROM the_lock',
          ]
        : [statement];
    for (const each of statements) await database.query(each);
    expect(await migrate(database, bundle(...SHOP))).toMatchObject({
      status: 'migrated',
      notes: [],
    });
    expect((await database.query(READ)).map((row) => Number(row.is_locked))).toEqual([0]);
  });

  it.each(["sql_mode = ''", "sql_mode = 'TRADITIONAL'"])(
    "Knex's lock table with a column that is too small is an error before anything is changed (%s)",
    async (mode) => {
      const database = await withLock(0, 'MODIFY is_locked TINYINT');
      const root = await testServer().rootConnection();
      const [[before]] = await root.query<RowDataPacket[]>('SELECT @@GLOBAL.sql_mode AS mode');
      await root.query(`SET GLOBAL ${mode}`);
      try {
        const attempt = await migrate(database, bundle(...SHOP));
        expect(attempt).toMatchObject({
          status: 'failed',
          failure: { code: 'BookkeepingFailed', message: expect.stringMatching(/is_locked/) },
        });
      } finally {
        await root.query('SET GLOBAL sql_mode = ?', [before?.mode]);
      }
      expect(await database.query('SHOW TABLES LIKE "orders"')).toEqual([]);
      expect(await database.query(READ)).toEqual([{ is_locked: 0 }]);
    },
  );

  it("Knex's lock table of a knex_migrations that is a view works as under plain Knex", async () => {
    const database = await withLock(0);
    await database.query('RENAME TABLE knex_migrations TO done');
    await database.query('CREATE VIEW knex_migrations AS SELECT * FROM done');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT name FROM done')).toHaveLength(3);
  });
});

/** Ways in which a migration can lose the fence while it runs. */
const LOSSES: [how: string, (name: string) => string[]][] = [
  ['RELEASE_ALL_LOCKS()', () => ['SELECT RELEASE_ALL_LOCKS()']],
  ['RELEASE_LOCK()', (name) => [`SELECT RELEASE_LOCK('${name}')`]],
  ['a stored procedure', () => ['CREATE PROCEDURE lose() DO RELEASE_ALL_LOCKS()', 'CALL lose()']],
];

describe('a second run beside a run whose migration lost the fence by', () => {
  it.each(LOSSES)('%s does nothing', async (_, lose) => {
    const database = await createDatabase('lost');
    await database.query('CREATE TABLE counted (n INT NOT NULL)');
    await database.query('INSERT INTO counted VALUES (0)');
    let released = () => {};
    const isReleased = new Promise<void>((resolve) => {
      released = resolve;
    });
    const count = migration(
      '20260301000000_count',
      async (knex) => {
        for (const statement of lose(fenceName(database.database))) await knex.raw(statement);
        released();
        await knex('counted').increment('n', 1);
        await knex.raw('DO SLEEP(1)');
        await knex('counted').increment('n', 10);
        await knex.raw('CREATE TABLE made (i INT)');
      },
      { transaction: false },
    );
    const first = migrate(database, bundle(count));
    await Promise.race([isReleased, first]);
    const second = await migrate(database, bundle(count), { fenceWaitSeconds: 5 });
    await first;
    const [{ n }] = (await database.query('SELECT n FROM counted')) as [{ n: number }];
    // The first run may stop with a label or continue, but its migration never runs twice.
    expect([0, 1, 11]).toContain(n);
    if (second.status === 'failed') {
      // After the first run has ended, the second one starts, and loses its own fence too.
      expect(['TenantBusy', 'HalfApplied', 'FenceLost']).toContain(second.failure.code);
      return;
    }
    expect(n).toBe(11);
  });
});
