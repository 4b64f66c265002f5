import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Connection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { isWaitingState } from '../../../../src/adapters/mysql/locks/waits/waiting-state.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { queriesOf } from '../../../support/general-log.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { seenSoon, shownSessions, untilGivenWay } from '../../../support/process-list.ts';
import { testServer } from '../../../support/server.ts';

const isMySql = testServer().flavour === 'mysql';

const LIMITED = { safety: { queueMs: 150 }, lockWaitTimeoutSeconds: 20 };
const CHANGE = '20260301000000_change';

async function createTable(): Promise<TestDatabase> {
  const database = await createDatabase('queue');
  await database.query('CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT)');
  await database.query('INSERT INTO t VALUES (1, 1)');
  return database;
}

/** A session that has read the table in an open transaction. */
async function holdTable(database: TestDatabase): Promise<Connection> {
  const holder = (await testServer().rootConnection()) as unknown as Connection;
  await holder.query(`USE \`${database.database}\``);
  await holder.query('BEGIN');
  await holder.query('SELECT * FROM t LIMIT 1');
  return holder;
}

const addColumn = (knex: Knex) => knex.raw('ALTER TABLE t ADD COLUMN b INT');
const change = (up: (knex: Knex) => unknown, transaction?: boolean) =>
  bundle(migration(CHANGE, up, transaction === undefined ? {} : { transaction }));

describe('a statement that does not get its lock', () => {
  it('a statement that gave way until its time was up fails as a lock wait timeout that names the holder', async () => {
    const database = await createTable();
    await database.grant('PROCESS ON *.*');
    const holder = await holdTable(database);
    // The server refreshes its list of transactions every 0.1 s.
    await sleep(200);

    const attempt = await migrate(database, change(addColumn), {
      ...LIMITED,
      lockWaitTimeoutSeconds: 2,
    });

    expect(attempt).toMatchObject({
      status: 'failed',
      failure: {
        code: 'LockWaitTimeout',
        errno: 1205,
        sqlState: 'HY000',
        retryable: true,
        message: expect.stringMatching(
          new RegExp(
            `^Lock wait timeout exceeded; .* It gave way to other queries \\d+ times\\. .*connection ${holder.threadId} `,
          ),
        ),
      },
      notes: [
        { code: 'GaveWay', message: expect.stringMatching(/^1 statement gave way .* times/) },
      ],
    });
    await holder.query('COMMIT');
    expect(await migrate(database, change(addColumn), LIMITED)).toMatchObject({
      status: 'migrated',
      notes: [],
    });
  });

  it('a migration that catches the error sees that of a lock wait timeout', async () => {
    const database = await createTable();
    const holder = await holdTable(database);
    const seen: unknown[] = [];

    const attempt = await migrate(
      database,
      change(async (knex) => {
        await addColumn(knex).catch(({ errno, code, sqlState, sql }) =>
          seen.push([errno, code, sqlState, sql]),
        );
        await knex('t').insert({ a: 5 });
      }, false),
      { ...LIMITED, lockWaitTimeoutSeconds: 1 },
    );

    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(seen).toEqual([
      [1205, 'ER_LOCK_WAIT_TIMEOUT', 'HY000', 'ALTER TABLE t ADD COLUMN b INT'],
    ]);
    expect(await database.query('SELECT a FROM t ORDER BY id')).toEqual([{ a: 1 }, { a: 5 }]);
    await holder.query('COMMIT');
  });

  it('rows that a migration wrote before a statement that gave way are there once', async () => {
    const database = await createTable();
    const holder = await holdTable(database);
    const releasing = untilGivenWay(database.database).then(() => holder.query('COMMIT'));

    const attempt = await migrate(
      database,
      change(async (knex) => {
        await knex('t').insert({ a: 5 });
        await addColumn(knex);
        await knex('t').insert({ a: 6, b: 1 });
      }),
      LIMITED,
    );
    await releasing;

    expect(attempt).toMatchObject({ status: 'migrated', notes: [{ code: 'GaveWay' }] });
    expect(await database.query('SELECT a FROM t ORDER BY id')).toEqual([
      { a: 1 },
      { a: 5 },
      { a: 6 },
    ]);
    expect(await database.query('SELECT * FROM fanfold_journal WHERE number > 0')).toEqual([]);
  });

  it('rows that were committed before a statement gave up stay, and the next attempt resumes after them', async () => {
    const database = await createTable();
    const holder = await holdTable(database);
    const migrations = change(async (knex) => {
      await knex('t').insert({ a: 5 });
      await addColumn(knex);
    });

    const first = await migrate(database, migrations, { ...LIMITED, lockWaitTimeoutSeconds: 1 });
    await holder.query('COMMIT');
    const second = await migrate(database, migrations, LIMITED);

    expect(first).toMatchObject({ status: 'failed', failure: { code: 'LockWaitTimeout' } });
    expect(second).toMatchObject({ status: 'migrated', notes: [{ code: 'Resumed' }] });
    expect(await database.query('SELECT a FROM t ORDER BY id')).toEqual([{ a: 1 }, { a: 5 }]);
  });

  it('an attempt whose time is up ends while a statement gives way, and the next one resumes there', async () => {
    const database = await createTable();
    const holder = await holdTable(database);
    let isTimeUp = false;
    setTimeout(() => {
      isTimeUp = true;
    }, 500);
    const migrations = change(async (knex) => {
      await knex('t').insert({ a: 5 });
      await addColumn(knex);
    });

    const first = await migrate(database, migrations, { ...LIMITED, pause: () => isTimeUp });
    await holder.query('COMMIT');
    const second = await migrate(database, migrations, LIMITED);

    expect(first).toMatchObject({ status: 'continue', notes: [{ code: 'GaveWay' }] });
    expect(second).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT a FROM t ORDER BY id')).toEqual([{ a: 1 }, { a: 5 }]);
  });
});

describe('a statement whose last lock is held', () => {
  /**
   * Migrates while a session reads the table as soon as the ALTER is at work, so that it waits at its end, and ends
   * its transaction when the ALTER has given way: so many times, as long as the attempt lasts.
   */
  async function migrateHeldAtEnd(database: TestDatabase, times: number, options: object) {
    const root = (await testServer().rootConnection()) as unknown as Connection;
    await root.query(`USE \`${database.database}\``);
    let hasSettled = false;
    const attempt = migrate(database, change(copies), options).finally(() => {
      hasSettled = true;
    });
    const until = (isWanted: (state: string | undefined) => boolean) =>
      seenSoon(async () => {
        const sessions = await shownSessions(root, {
          where: "DB = DATABASE() AND INFO LIKE 'ALTER TABLE t %'",
        });
        return hasSettled || isWanted(sessions[0]?.state) || undefined;
      });
    for (let time = 0; time < times && !hasSettled; time++) {
      await until((state) => /^(altering table|copy to tmp table)/.test(state ?? ''));
      await root.query('BEGIN');
      await root.query('SELECT * FROM t LIMIT 1');
      await until((state) => isWaitingState(state ?? null));
      await until((state) => state === undefined);
      await root.query('ROLLBACK');
    }
    return attempt;
  }

  /** A copy of it takes longer than the watch leaves a statement alone, also on a fast machine. */
  async function createLargeTable(): Promise<TestDatabase> {
    const database = await createTable();
    await database.query('ALTER TABLE t ADD COLUMN pad CHAR(200)');
    for (let doubled = 0; doubled < 17; doubled++) {
      await database.query('INSERT INTO t (a, pad) SELECT a, pad FROM t');
    }
    return database;
  }

  const copies = (knex: Knex) => knex.raw('ALTER TABLE t MODIFY a BIGINT, ALGORITHM = COPY');

  it('a statement that has lost its work begins again', async () => {
    const database = await createLargeTable();
    const attempt = await migrateHeldAtEnd(database, 1, LIMITED);
    expect(attempt).toMatchObject({
      status: 'migrated',
      notes: [{ code: 'GaveWay', message: expect.stringContaining('Work was lost 1 time') }],
    });
    expect(await database.query("SHOW COLUMNS FROM t WHERE Type LIKE 'bigint%'")).toHaveLength(1);
  }, 60_000);

  it('a statement that has lost its work three times fails with advice', async () => {
    const database = await createLargeTable();
    const attempt = await migrateHeldAtEnd(database, Number.POSITIVE_INFINITY, {
      ...LIMITED,
      lockWaitTimeoutSeconds: 60,
    });
    expect(attempt).toMatchObject({
      status: 'failed',
      failure: {
        code: 'LockWaitTimeout',
        message: expect.stringMatching(/\d+ times, 3 of them after it had worked/),
        nextStep: expect.stringContaining('another lock at its end'),
      },
    });
    expect(await database.query("SHOW COLUMNS FROM t WHERE Type LIKE 'int%'")).toHaveLength(2);
  }, 120_000);
});

describe('the session around a statement that may give way', () => {
  it("the session's limit for locks is that of the run, or that of the migration, for everything else", async () => {
    const database = await createTable();
    const seen: unknown[] = [];
    const limit = async (knex: Knex) => {
      const [[row]] = (await knex.raw('SELECT @@lock_wait_timeout AS seconds')) as [
        [{ seconds: number }],
      ];
      seen.push(row.seconds);
    };
    const attempt = await migrate(
      database,
      change(async (knex) => {
        await addColumn(knex);
        await limit(knex);
        await knex.raw('SET SESSION lock_wait_timeout = 7');
        await knex.raw('ALTER TABLE t ADD COLUMN c INT');
        await knex.raw('ALTER TABLE t ADD COLUMN d INT');
        await limit(knex);
      }, false),
      LIMITED,
    );
    expect(attempt).toMatchObject({ status: 'migrated', notes: [] });
    expect(seen).toEqual([20, 7]);
  });

  it('a migration with its own limit gives way, whatever the limit of its run', async () => {
    const database = await createTable();
    const holder = await holdTable(database);
    const releasing = untilGivenWay(database.database).then(() => holder.query('COMMIT'));
    const own = migration(CHANGE, addColumn);
    const limited = {
      ...own,
      load: async () => ({ ...(await own.load()), safety: { queueMs: 150 } }),
    };

    const attempt = await migrate(database, bundle(limited), { lockWaitTimeoutSeconds: 20 });
    await releasing;

    expect(attempt).toMatchObject({ status: 'migrated', notes: [{ code: 'GaveWay' }] });
  });

  it('without the limit nothing of it is sent, and with it no second connection is opened if nothing waits', async () => {
    const database = await createTable();
    const sent = async (options: object) => {
      const queries = await queriesOf(database, async () => {
        await migrate(database, change(addColumn), options);
      });
      await database.query('ALTER TABLE t DROP COLUMN b');
      await database.query('DROP TABLE knex_migrations, knex_migrations_lock, fanfold_journal');
      return queries;
    };
    const plain = await sent({ lockWaitTimeoutSeconds: 20 });
    const limited = await sent({ ...LIMITED, safety: { queueMs: 10_000 } });
    expect(plain.filter((sql) => /fanfold_lock_wait|PROCESSLIST/i.test(sql))).toEqual([]);
    expect(limited.filter((sql) => /PROCESSLIST/i.test(sql))).toEqual([]);
    expect(limited.filter((sql) => /fanfold_lock_wait/.test(sql)).length).toBeGreaterThan(0);
  });

  it('a statement that nobody can watch gives way by the limit of the server, which the outcome says', async () => {
    const database = await createTable();
    const holder = await holdTable(database);
    await database.limitConnections(1);
    const releasing = untilGivenWay(database.database).then(() => holder.query('COMMIT'));

    const attempt = await migrate(database, change(addColumn), LIMITED);
    await releasing;

    expect(attempt).toMatchObject({
      status: 'migrated',
      notes: [
        { code: 'GaveWay' },
        {
          code: 'QueueNotLimited',
          message: expect.stringMatching(/queued for up to 1 second .* no second connection/),
        },
      ],
    });
  });

  it('a statement that others do not queue for waits as without the limit', async () => {
    const database = await createTable();
    const locker = (await testServer().rootConnection()) as unknown as Connection;
    await locker.query(`USE \`${database.database}\``);
    await locker.query('LOCK TABLES t WRITE');
    const releasing = sleep(1_500).then(() => locker.query('UNLOCK TABLES'));

    const attempt = await migrate(
      database,
      change((knex) => knex('t').insert({ a: 5 })),
      LIMITED,
    );
    await releasing;

    expect(attempt).toMatchObject({ status: 'migrated', notes: [] });
  });

  it.skipIf(isMySql)("a statement with MariaDB's own limit keeps it", async () => {
    const database = await createTable();
    const holder = await holdTable(database);
    const startedAt = performance.now();

    const attempt = await migrate(
      database,
      change((knex) => knex.raw('ALTER TABLE t NOWAIT ADD COLUMN b INT')),
      LIMITED,
    );

    expect(attempt).toMatchObject({ status: 'failed', failure: { errno: 1205 }, notes: [] });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await holder.query('COMMIT');
  });
});
