import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { testServer } from '../../support/server.ts';

const FIRST = '20260101000000_first';
const SECOND = '20260102000000_second';
const THIRD = '20260103000000_third';

const table = (id: string, name: string) =>
  migration(
    id,
    async (knex) => {
      await knex.schema.createTable(name, (t) => {
        t.increments();
        t.integer('a').index();
      });
    },
    { down: (knex) => knex.schema.dropTable(name) },
  );

/** Makes the server refuse the row of one migration; returns a function that stops this. */
async function refuseRecord(
  { database }: TestDatabase,
  id: string,
  event = 'INSERT',
): Promise<() => Promise<void>> {
  const name = `\`${database}\`.refusal`;
  const row = event === 'INSERT' ? 'NEW' : 'OLD';
  const root = await testServer().rootConnection();
  await root.query(
    `CREATE TRIGGER ${name} BEFORE ${event} ON \`${database}\`.knex_migrations FOR EACH ROW
     IF ${row}.name LIKE '${id}%' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now'; END IF`,
  );
  return async () => {
    await root.query(`DROP TRIGGER ${name}`);
    await root.end();
  };
}

const REFUSED = {
  status: 'failed',
  failure: {
    code: 'BookkeepingFailed',
    migration: SECOND,
    errno: 1644,
    message: 'The migration completed, but its record cannot be written: not now',
  },
};

describe('a record that the server refuses', () => {
  it.each<[string, (knex: Knex) => Promise<unknown>]>([
    ['changes the schema', (knex) => knex.raw('CREATE TABLE t3 (id INT)')],
    ['reads first', (knex) => knex.schema.hasTable('t3')],
    ['writes first', (knex) => knex('t1').insert({ a: 1 })],
    ['makes a savepoint first', (knex) => knex.transaction((trx) => trx('t1').insert({ a: 1 }))],
    ['throws', () => Promise.reject(new Error('oops'))],
    ['does nothing', async () => {}],
  ])(
    'a record that the server refuses is reported for its own migration if the next one %s',
    async (_, up) => {
      const database = await createDatabase('record');
      await migrate(database, bundle(table(FIRST, 't1')));
      const all = bundle(table(FIRST, 't1'), table(SECOND, 't2'), migration(THIRD, up));
      const allow = await refuseRecord(database, SECOND);

      expect(await migrate(database, all)).toMatchObject({ ...REFUSED, applied: [] });
      expect(await database.query('SELECT name, batch FROM knex_migrations')).toEqual([
        { name: `${FIRST}.js`, batch: 1 },
      ]);
      expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
        { is_locked: 0 },
      ]);
      await allow();

      await migrate(database, all);
      expect(await database.query('SELECT name, batch FROM knex_migrations LIMIT 2')).toEqual([
        { name: `${FIRST}.js`, batch: 1 },
        { name: `${SECOND}.js`, batch: 2 },
      ]);
    },
  );

  it('a record that the server refuses is reported for the last migration too', async () => {
    const database = await createDatabase('record');
    await migrate(database, bundle(table(FIRST, 't1')));
    const all = bundle(table(FIRST, 't1'), table(SECOND, 't2'));
    const allow = await refuseRecord(database, SECOND);

    expect(await migrate(database, all)).toMatchObject({ ...REFUSED, applied: [] });
    await allow();
    expect(await migrate(database, all)).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT COUNT(*) AS n FROM fanfold_journal')).toEqual([{ n: 2 }]);
  });

  it('a record that the server refuses is reported in the same way for a rollback', async () => {
    const database = await createDatabase('record');
    const all = bundle(table(FIRST, 't1'), table(SECOND, 't2'), table(THIRD, 't3'));
    await migrate(database, bundle(table(FIRST, 't1')));
    await migrate(database, all);
    const allow = await refuseRecord(database, SECOND, 'DELETE');

    const attempt = () => migrate(database, all, { command: 'rollback', steps: 2 });
    expect(await attempt()).toMatchObject({ ...REFUSED, reverted: [{ name: `${THIRD}.js` }] });
    await allow();
    expect(await migrate(database, all, { command: 'rollback', to: FIRST })).toMatchObject({
      status: 'reverted',
    });
    expect(await database.query('SELECT COUNT(*) AS n FROM knex_migrations')).toEqual([{ n: 1 }]);
  });
});

describe('the record of a migration', () => {
  it('the record of a migration is visible to the next migration', async () => {
    const database = await createDatabase('record');
    const seen: unknown[] = [];
    const looks = migration(SECOND, async (knex) => {
      seen.push(...(await knex('knex_migrations').pluck('name')));
    });
    await migrate(database, bundle(table(FIRST, 't1'), looks));
    expect(seen).toEqual([`${FIRST}.js`]);
  });

  it('the record of a migration stays if the next migration fails at its first statement', async () => {
    const database = await createDatabase('record');
    const fails = migration(SECOND, (knex) => knex.raw('ALTER TABLE nowhere ADD COLUMN a INT'));
    const syntax = migration(SECOND, (knex) => knex.raw('CREATE TABLE'));
    for (const bad of [fails, syntax]) {
      expect(await migrate(database, bundle(table(FIRST, 't1'), bad))).toMatchObject({
        status: 'failed',
        failure: { migration: SECOND, statement: { number: 1 } },
      });
      expect(await database.query('SELECT name FROM knex_migrations')).toEqual([
        { name: `${FIRST}.js` },
      ]);
    }
  });
});
