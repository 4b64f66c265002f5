import { describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

const WAYS = [{}, { transaction: false }] as const;
const TABLE = migration('20260101000000_create_t', (knex) => knex.raw('CREATE TABLE t (a INT)'));
const INSERT = '20260102000000_insert_into_t';

async function withTable(): Promise<TestDatabase> {
  const database = await createDatabase('records');
  await migrate(database, bundle(TABLE));
  return database;
}

async function recorded(database: TestDatabase): Promise<string[]> {
  const rows = await database.query('SELECT name FROM knex_migrations ORDER BY id');
  return rows.map(({ name }) => String(name));
}

/** The server refuses the first record that is written, and no other. */
async function refuseOnce(database: TestDatabase): Promise<void> {
  // No rollback undoes what a variable of the session has counted.
  const root = await testServer().rootConnection();
  await root.query(`USE ${database.database}`);
  await root.query(`CREATE TRIGGER refuse_once BEFORE INSERT ON knex_migrations FOR EACH ROW
    BEGIN
      IF @refused IS NULL THEN
        SET @refused = 1;
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now';
      END IF;
    END`);
}

describe.each(WAYS)('a migration that inserts a row (%o)', (way) => {
  const insert = migration(INSERT, (knex) => knex('t').insert({ a: 1 }), way);

  it.each(WAYS)(
    'a migration that inserts a row (%o) keeps the row if the next one (%o) throws before it sends anything',
    async (next) => {
      const database = await withTable();
      const throws = migration(
        '20260103000000_throw',
        () => {
          throw new Error('at once');
        },
        next,
      );
      const result = await migrate(database, bundle(TABLE, insert, throws));
      expect(result).toMatchObject({
        status: 'failed',
        applied: [{ name: `${INSERT}.js` }],
        failure: { code: 'MigrationThrew' },
      });
      expect(await database.query('SELECT a FROM t')).toEqual([{ a: 1 }]);
      expect(await recorded(database)).toHaveLength(2);
    },
  );

  it.each([
    ['the last one', []],
    ['followed by another', [migration('20260103000000_read', (knex) => knex('t').select())]],
  ])(
    'a migration that inserts a row is not recorded without that row if its record is refused; %s',
    async (_, after) => {
      const database = await withTable();
      await refuseOnce(database);
      const all = bundle(TABLE, insert, ...after);
      expect(await migrate(database, all)).toMatchObject({
        status: 'failed',
        applied: [],
        failure: {
          code: 'BookkeepingFailed',
          nextStep: expect.stringContaining('the next attempt repeats it'),
        },
      });
      expect(await recorded(database)).toHaveLength(1);
      expect(await database.query('SELECT a FROM t')).toEqual([]);

      await database.query('DROP TRIGGER refuse_once');
      expect(await migrate(database, all)).toMatchObject({ status: 'migrated' });
      expect(await recorded(database)).toHaveLength(2 + after.length);
      expect(await database.query('SELECT a FROM t')).toEqual([{ a: 1 }]);
    },
  );
});

it('a run records a migration without effects if the server takes its record at the second try', async () => {
  const database = await withTable();
  await refuseOnce(database);
  const read = migration('20260102000000_read', (knex) => knex('t').select());
  expect(await migrate(database, bundle(TABLE, read))).toMatchObject({
    status: 'migrated',
    applied: [{ name: '20260102000000_read.js' }],
  });
  expect(await recorded(database)).toHaveLength(2);
});
