import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../support/migrations.ts';

const [CUSTOMERS] = SHOP as [(typeof SHOP)[number]];

/** Runs `up` as a migration after the table `customers` exists. */
function tryOut(database: TestDatabase, up: (knex: Knex) => unknown, options = {}) {
  return migrate(database, bundle(CUSTOMERS, migration('20260301000000_try_out', up, options)));
}

async function emails(database: TestDatabase): Promise<unknown[]> {
  const found = await database.query('SELECT email FROM customers ORDER BY email');
  return found.map((row) => (row as { email: string }).email);
}

describe('a migration', () => {
  it('a migration commits together with its record, or not at all', async () => {
    const database = await createDatabase('apply');
    const insertThenFail = async (knex: Knex) => {
      await knex('customers').insert({ email: 'a@example.org' });
      throw new Error('changed my mind');
    };

    const attempt = await tryOut(database, insertThenFail);

    expect(attempt).toMatchObject({
      status: 'failed',
      applied: [{ name: '20260101000000_create_customers.js' }],
      failure: {
        code: 'MigrationThrew',
        migration: '20260301000000_try_out',
        message: 'The migration threw Error: changed my mind',
        retryable: false,
      },
    });
    expect(await emails(database)).toEqual([]);
    expect(await database.query('SELECT name FROM knex_migrations')).toHaveLength(1);
    expect(
      await tryOut(database, (knex) => knex('customers').insert({ email: 'b' })),
    ).toMatchObject({
      status: 'migrated',
    });
    expect(await emails(database)).toEqual(['b']);
  });

  it.each([
    ['a string', () => Promise.reject('no'), "'no'"],
    ['undefined', () => Promise.reject(undefined), 'undefined'],
    ['an object', () => Promise.reject({ code: 7 }), '{ code: 7 }'],
    [
      'null, and not async',
      () => {
        // biome-ignore lint/style/useThrowOnlyError: a careless migration may do this
        throw null;
      },
      'null',
    ],
  ])('a migration that throws %s fails with a readable message', async (_what, up, shown) => {
    const database = await createDatabase('apply');
    expect(await tryOut(database, up)).toMatchObject({
      status: 'failed',
      failure: { code: 'MigrationThrew', message: expect.stringContaining(shown) },
    });
    expect(await database.query('SELECT name FROM knex_migrations')).toHaveLength(1);
  });

  it('a migration without a transaction keeps its changes after a failure, which the failure reports', async () => {
    const database = await createDatabase('apply');
    const attempt = await tryOut(
      database,
      async (knex) => {
        await knex('customers').insert({ email: 'stays' });
        await knex.schema.createTable('stays_too', (table) => table.increments());
        await knex.raw("INSERT INTO nowhere VALUES ('card 4711', 12)");
      },
      { transaction: false },
    );

    expect(attempt).toMatchObject({
      failure: {
        code: 'TableMissing',
        errno: 1146,
        sqlState: '42S02',
        statement: { number: 3, text: 'INSERT INTO nowhere VALUES (?)' },
        message: "Table 'nowhere' doesn't exist",
        nextStep: expect.stringContaining('2 earlier statement(s) of this migration took effect'),
      },
    });
    expect(await emails(database)).toEqual(['stays']);
  });

  it('a migration with disableTransactions runs without a transaction unless it requests one', async () => {
    const keptWith = async (options: { transaction?: boolean }) => {
      const database = await createDatabase('apply');
      const failing = async (knex: Knex) => {
        await knex('customers').insert({ email: 'kept' });
        throw new Error('no');
      };
      const failed = migration('20260301000000_try_out', failing, options);
      await migrate(database, bundle(CUSTOMERS, failed), { disableTransactions: true });
      return emails(database);
    };
    expect(await keptWith({})).toEqual(['kept']);
    expect(await keptWith({ transaction: true })).toEqual([]);
    expect(await keptWith({ transaction: false })).toEqual(['kept']);
  });

  it('a migration without a transaction may open its own', async () => {
    const database = await createDatabase('apply');
    const attempt = await tryOut(
      database,
      async (knex) => {
        await Promise.all(
          ['x', 'y', 'z'].map((email) =>
            knex.transaction((trx) => trx('customers').insert({ email })),
          ),
        );
        const trx = await knex.transaction();
        await trx('customers').insert({ email: 'rolled back' });
        await trx.rollback();
      },
      { transaction: false },
    );
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await emails(database)).toEqual(['x', 'y', 'z']);
  });

  it('a migration may use savepoints in its transaction', async () => {
    const database = await createDatabase('apply');
    const attempt = await tryOut(database, async (knex) => {
      await knex('customers').insert({ email: 'outer' });
      await knex
        .transaction(async (inner) => {
          await inner('customers').insert({ email: 'inner' });
          throw new Error('only the inner one');
        })
        .catch(() => {});
    });
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await emails(database)).toEqual(['outer']);
  });

  it.each([
    [
      'a query beside an open transaction',
      (knex: Knex) =>
        knex.transaction(async () => {
          await knex('customers').insert({ email: 'beside' });
        }),
    ],
    [
      'a root transaction inside another',
      (knex: Knex) =>
        knex.transaction(async () => {
          await knex.transaction(async () => {});
        }),
    ],
  ])('a migration that needs a second connection fails at once: %s', async (_what, up) => {
    const database = await createDatabase('apply');
    expect(await tryOut(database, up, { transaction: false })).toMatchObject({
      failure: { code: 'MigrationNeedsSecondConnection', nextStep: expect.stringContaining('trx') },
    });
    expect(await emails(database)).toEqual([]);
  });

  it('a migration that ends its transaction is not recorded', async () => {
    const database = await createDatabase('apply');
    for (const end of ['commit', 'rollback'] as const) {
      expect(
        await tryOut(database, async (knex) => {
          await (knex as Knex.Transaction)[end]();
        }),
      ).toMatchObject({ failure: { code: 'MigrationEndedTransaction' } });
    }
    expect(await database.query('SELECT name FROM knex_migrations')).toHaveLength(1);
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  });

  it('a migration that leaves a transaction open is not recorded, and the locks are released', async () => {
    const database = await createDatabase('apply');
    const leaveOpen = async (knex: Knex) => {
      const trx = await knex.transaction();
      await trx('customers').insert({ email: 'never' });
    };
    expect(await tryOut(database, leaveOpen, { transaction: false })).toMatchObject({
      failure: { code: 'MigrationLeftTransactionOpen' },
    });
    expect(await emails(database)).toEqual([]);
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  });

  it('a migration that turns autocommit off is committed with its record', async () => {
    const database = await createDatabase('apply');
    const attempt = await tryOut(
      database,
      async (knex) => {
        await knex.raw('SET autocommit = 0');
        await knex('customers').insert({ email: 'kept' });
      },
      { transaction: false },
    );
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await emails(database)).toEqual(['kept']);
    expect(await database.query('SELECT name FROM knex_migrations')).toHaveLength(2);
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  });

  it('a migration is recorded only after queries that it did not await have ended', async () => {
    const database = await createDatabase('apply');
    const attempt = await tryOut(database, (knex) => {
      void knex('customers').insert({ email: 'floating' }).then();
      void knex.raw('SELECT SLEEP(0.2)').then();
    });
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await emails(database)).toEqual(['floating']);
  });

  it('a migration may send several statements in one raw query', async () => {
    const database = await createDatabase('apply');
    const attempt = await tryOut(database, (knex) =>
      knex.raw(
        'CREATE TABLE one (id INT PRIMARY KEY); CREATE TABLE two (id INT); INSERT INTO one VALUES (1)',
      ),
    );
    expect(attempt).toMatchObject({ status: 'migrated' });
    const failing = migration('20260302000000_fail_inside', (knex) =>
      knex.raw('INSERT INTO one VALUES (2); INSERT INTO one VALUES (1)'),
    );
    expect(
      await migrate(
        database,
        bundle(
          CUSTOMERS,
          migration('20260301000000_try_out', () => {}),
          failing,
        ),
      ),
    ).toMatchObject({
      failure: {
        code: 'DuplicateData',
        message: expect.not.stringContaining("'1'"),
        statement: { number: 2, text: 'INSERT INTO one VALUES (?)' },
      },
    });
  });

  it('a migration may copy many rows in batches and by a stream', async () => {
    const database = await createDatabase('apply');
    const attempt = await tryOut(database, async (knex) => {
      const many = Array.from({ length: 20_000 }, (_, i) => ({ email: `${i}@example.org` }));
      await knex.batchInsert('customers', many, 1_000);
      await knex.schema.createTable('copies', (table) => table.string('email', 100));
      const seen: string[] = [];
      for await (const row of knex('customers').select('email').stream()) seen.push(row.email);
      await knex.batchInsert(
        'copies',
        seen.map((email) => ({ email })),
        1_000,
      );
    });
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT COUNT(*) AS n FROM copies')).toEqual([{ n: 20_000 }]);
  });

  it.each([true, false])(
    'a migration may change rows while it reads them, transaction: %s',
    async (transaction) => {
      const database = await createDatabase('apply');
      const change = migration(
        '20260301000000_change',
        async (knex) => {
          const rows = Array.from({ length: 300 }, (_, id) => ({ email: `${id}@example.org` }));
          await knex.batchInsert('customers', rows);
          for await (const { id } of knex('customers').select('id').stream()) {
            await knex('customers')
              .where({ id })
              .update({ email: knex.raw('CONCAT(email, id)') });
          }
        },
        { transaction },
      );
      expect(await migrate(database, bundle(...SHOP, change))).toMatchObject({
        status: 'migrated',
      });
      const left = await database.query("SELECT id FROM customers WHERE email LIKE '%.org'");
      expect(left).toEqual([]);
    },
  );

  it('a migration finds the name of its database in the same place as under plain Knex', async () => {
    const database = await createDatabase('apply');
    const names: unknown[] = [];
    const attempt = await tryOut(database, async (knex) => {
      names.push(knex.client.config.connection.database, knex.client.database());
      await knex.schema.alterTable('customers', (table) => table.string('note').notNullable());
      await knex.schema.alterTable('customers', (table) => table.setNullable('note'));
      names.push(Object.keys(await knex('customers').columnInfo()).length);
    });
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(names).toEqual([database.database, database.database, 3]);
  });

  it('a migration may continue as soon as its own transaction is committed or rolled back', async () => {
    const database = await createDatabase('apply');
    const go = migration(
      '20260301000000_go_on',
      async (knex) => {
        for (const end of ['commit', 'rollback'] as const) {
          const trx = await knex.transaction();
          await trx('customers').insert({ email: `in ${end}` });
          await trx[end]();
          await knex('customers').insert({ email: `behind ${end}` });
        }
      },
      { transaction: false },
    );
    expect(await migrate(database, bundle(...SHOP, go))).toMatchObject({ status: 'migrated' });
    const found = await database.query('SELECT email FROM customers ORDER BY id');
    expect(found.map(({ email }) => email)).toEqual([
      'in commit',
      'behind commit',
      'behind rollback',
    ]);
  });

  it('a migration runs with UTC in driver and session, so that dates are read back unchanged', async () => {
    const database = await createDatabase('apply');
    const instant = new Date('2026-07-01T12:34:56.000Z');
    const attempt = await tryOut(database, async (knex) => {
      await knex.schema.createTable('moments', (table) => {
        table.timestamp('stamp').notNullable();
        table.dateTime('date').notNullable();
      });
      await knex('moments').insert({ stamp: instant, date: instant });
      const [found] = await knex('moments').select();
      if (found.stamp.getTime() !== instant.getTime()) throw new Error(`stamp ${found.stamp}`);
      if (found.date.getTime() !== instant.getTime()) throw new Error(`date ${found.date}`);
    });
    expect(attempt).toMatchObject({ status: 'migrated' });
  });

  it('a migration waits for a metadata lock no longer than configured, and is retried later', async () => {
    const database = await createDatabase('apply');
    await migrate(database, bundle(CUSTOMERS));
    const reader = await database.connection();
    await reader.query('BEGIN');
    await reader.query('SELECT * FROM customers');
    const alter = migration('20260301000000_add_name', (knex) =>
      knex.schema.alterTable('customers', (table) => table.string('name')),
    );
    const blocked = await migrate(database, bundle(CUSTOMERS, alter), {
      lockWaitTimeoutSeconds: 1,
    });
    expect(blocked).toMatchObject({
      failure: {
        code: 'LockWaitTimeout',
        retryable: true,
        errno: 1205,
        migration: alter.id,
        message: expect.stringMatching(
          new RegExp(`connection ${reader.threadId} \\(user .*idle for`),
        ),
      },
    });
    await reader.query('COMMIT');
    expect(await migrate(database, bundle(CUSTOMERS, alter))).toMatchObject({ status: 'migrated' });
  });

  it('a migration whose record is refused has no partial record', async () => {
    const database = await createDatabase('apply');
    const attempt = await tryOut(database, (knex) => knex.raw('DROP TABLE fanfold_journal'), {
      transaction: false,
    });
    expect(attempt).toMatchObject({ status: 'failed', failure: { code: 'BookkeepingFailed' } });
    expect(await database.query('SELECT name FROM knex_migrations')).toHaveLength(1);
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  });

  it("a migration that changes the database is recorded in the tenant's, where the next migration starts", async () => {
    const [database, other] = [await createDatabase('apply'), await createDatabase('other')];
    await other.grant(`ALL ON \`${database.database}\`.*`);
    const leaving = migration('20260301000000_leave', (knex) =>
      knex.raw('/* over there */ USE ??', [other.database]),
    );
    const following = migration('20260302000000_create_here', (knex) =>
      knex.schema.createTable('here', (table) => table.increments()),
    );
    const login = { ...database, user: other.user, password: other.password };
    expect(await migrate(login, bundle(CUSTOMERS, leaving, following))).toMatchObject({
      status: 'migrated',
    });
    expect(await database.query('SELECT name FROM knex_migrations')).toHaveLength(3);
    expect(await database.query("SHOW TABLES LIKE 'here'")).toHaveLength(1);
    expect(await other.query('SHOW TABLES')).toEqual([]);
  });

  it('a migration resumes after a DDL statement that begins with a comment', async () => {
    const database = await createDatabase('apply');
    await migrate(database, bundle(CUSTOMERS));
    const reader = await database.connection();
    await reader.query('BEGIN');
    await reader.query('SELECT * FROM customers');
    const up = async (knex: Knex) => {
      await knex('customers').insert({ email: 'stays' });
      await knex.raw('/* T-1 */ ALTER TABLE customers ADD COLUMN name VARCHAR(10)');
    };
    const attempt = await tryOut(database, up);
    expect(attempt).toMatchObject({
      failure: {
        code: 'LockWaitTimeout',
        retryable: true,
        nextStep: expect.stringContaining('1 earlier statement(s)'),
      },
    });
    await reader.query('COMMIT');
    expect(await emails(database)).toEqual(['stays']);
    expect(await tryOut(database, up)).toMatchObject({
      status: 'migrated',
      notes: [{ code: 'Resumed' }],
    });
    expect(await emails(database)).toEqual(['stays']);
    expect(await database.query('SELECT migration FROM fanfold_journal WHERE number > 0')).toEqual(
      [],
    );
  });
});
