import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/core/bundle/bundle.ts';
import { startCuttingProxy } from '../../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { queriesOf } from '../../support/general-log.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../support/migrations.ts';
import { testServer } from '../../support/server.ts';

const [CUSTOMERS] = SHOP as [(typeof SHOP)[number]];
const ID = '20260301000000_try_out';

/** Runs `up` as a migration after the table `customers` exists; returns the attempt and its queries. */
async function tryOut(up: (knex: Knex) => unknown, options = {}) {
  const database = await createDatabase('trx');
  await migrate(database, bundle(CUSTOMERS));
  let attempt: unknown;
  const queries = await queriesOf(database, async () => {
    attempt = await migrate(database, bundle(CUSTOMERS, migration(ID, up, options)));
  });
  return { database, attempt, queries };
}

async function emails(database: TestDatabase): Promise<unknown[]> {
  const found = await database.query('SELECT email FROM customers ORDER BY email');
  return found.map((row) => row.email);
}

/** The first words of queries, one for each run of equal ones. MariaDB logs the statements of a packet as one query. */
function kinds(queries: readonly string[]): string[] {
  const words = queries
    .flatMap((sql) => sql.split(/;\s*\n\s*/))
    .map((sql) => sql.match(/^\w+/)?.[0].toLowerCase() ?? sql);
  return words.filter((word, index) => word !== words[index - 1]);
}

describe('the statements that are sent to the server', () => {
  it('statements to the server are as few as possible for a migration of DDL', async () => {
    const { queries } = await tryOut((knex) =>
      knex.schema.alterTable('customers', (table) => table.string('name')),
    );
    expect(kinds(queries).join(' ')).toBe(
      // Whether the record of a pending migration is right, and how the server is set up; its settings and the fence; Knex's
      // lock; ask; what the table was like, and the intent, which goes with the lock; the fence is still held; the migration; its record; both locks back, whatever the migration has set,
      // and with them the commit.
      'set select set select start update select show replace set alter start insert delete set update set commit do',
    );
  });

  it('statements to the server need few packets: take the locks and ask, check a table, make the changes, and write the record with the release', async () => {
    const database = await createDatabase('trx');
    await migrate(database, bundle(CUSTOMERS));
    const proxy = await startCuttingProxy(testServer());
    const packets = async (added: Migration[], options = {}) => {
      proxy.strikeAt(undefined);
      const login = { ...database, host: '127.0.0.1', port: proxy.port };
      await migrate(login, bundle(CUSTOMERS, ...added), options);
      return proxy.queries();
    };
    const alter = migration(ID, (knex) =>
      knex.schema.alterTable('customers', (table) => table.integer('rank').index()),
    );
    const create = migration(`${ID}_more`, (knex) =>
      knex.schema.createTable('more', (table) => table.integer('rank').index()),
    );
    try {
      expect(await packets([alter])).toBe(1 + 1 + 1);
      expect(await packets([alter, create])).toBe(1 + 1 + 1);
      // Nothing is left to do: with a record that says so, and with one that does not, which is checked first.
      expect(await packets([alter, create], { recorded: 'not told' })).toBe(1);
      expect(await packets([alter, create])).toBe(1 + 1);
    } finally {
      await proxy.close();
    }
  });

  it('a transaction is started before the first statement that can be in one', async () => {
    const { queries } = await tryOut(async (knex) => {
      await knex('customers').insert({ email: 'a' });
      await knex('customers').insert({ email: 'b' });
    });
    expect(kinds(queries).join(' ')).toMatch(/ begin insert set update set commit$/);
  });

  it('statements are sent in the order in which the migration sent them, even without awaiting', async () => {
    const { queries } = await tryOut((knex) =>
      Promise.all(['c', 'a', 'b'].map((email) => knex('customers').insert({ email }))),
    );
    const inserts = queries
      .flatMap((sql) => sql.split(/;\n|;$/))
      .filter((sql) => /^(BEGIN|insert into)/.test(sql));
    expect(inserts.map((sql) => sql.match(/'(\w)'/)?.[1] ?? sql)).toEqual(['BEGIN', 'c', 'a', 'b']);
  });
});

describe('a transaction', () => {
  it('a transaction includes the statements after DDL that the server rejected', async () => {
    const { database, attempt } = await tryOut(async (knex) => {
      await knex.raw('CREATE TABEL oops (id INT)').catch(() => {});
      await knex('customers').insert({ email: 'gone' });
      throw new Error('back');
    });
    expect(attempt).toMatchObject({ status: 'failed', failure: { code: 'MigrationThrew' } });
    expect(await emails(database)).toEqual([]);
  });

  it('a transaction of the migration is committed although its queries were not awaited', async () => {
    const { database, attempt } = await tryOut(
      (knex) =>
        knex.transaction(async (trx) => {
          void trx('customers').insert({ email: 'floating' }).then();
        }),
      { transaction: false },
    );
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await emails(database)).toEqual(['floating']);
  });

  it('a transaction that begins with a savepoint can roll back to it', async () => {
    const { database, attempt } = await tryOut(async (knex) => {
      await knex
        .transaction(async (inner) => {
          await inner('customers').insert({ email: 'inner' });
          throw new Error('only the inner one');
        })
        .catch(() => {});
      await knex('customers').insert({ email: 'outer' });
    });
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await emails(database)).toEqual(['outer']);
  });
});
