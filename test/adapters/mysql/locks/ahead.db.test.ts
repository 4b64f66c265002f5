import { expect, it } from 'vitest';
import { usingProxy } from '../../../../bench/network/using-proxy.ts';
import { fenceName } from '../../../../src/adapters/mysql/locks/fence-name.ts';
import type { Bundle } from '../../../../src/core/bundle/bundle.ts';
import type { Attempt } from '../../../../src/core/migrate/attempt.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { type MigratingOptions, migrate } from '../../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../../support/migrations.ts';
import { plainKnex } from '../../../support/plain-knex.ts';

const TWO = bundle(...SHOP.slice(0, 2));
const ALL = bundle(...SHOP);

/** The states in which a tenant's database may be found, whatever the central database has recorded. */
const FOUND = {
  empty: async () => {},
  'migrated by Fanfold': (database: TestDatabase) => migrate(database, TWO),
  'migrated by plain Knex': (database: TestDatabase) => plainKnex(database, TWO).migrate.latest(),
  'without its lock table': async (database: TestDatabase) => {
    await migrate(database, TWO);
    await database.query('DROP TABLE knex_migrations_lock');
  },
  'without its journal': async (database: TestDatabase) => {
    await migrate(database, TWO);
    await database.query('DROP TABLE fanfold_journal');
  },
  'up to date': (database: TestDatabase) => migrate(database, ALL),
  'ahead of the bundle': async (database: TestDatabase) => {
    await migrate(database, ALL);
    await database.query("UPDATE knex_migrations SET name = '2099_later.js' WHERE id = 3");
  },
} satisfies Record<string, (database: TestDatabase) => Promise<unknown>>;

type Found = keyof typeof FOUND;

async function databaseFound(found: Found): Promise<TestDatabase> {
  const database = await createDatabase('ahead');
  await FOUND[found](database);
  return database;
}

/** Whether nobody holds the fence or Knex's lock; a session that ends keeps them for a moment. */
function isUnlocked(database: TestDatabase): Promise<unknown> {
  return expect
    .poll(() => database.query(`SELECT IS_FREE_LOCK('${fenceName(database.database)}') AS isFree`))
    .toEqual([{ isFree: 1 }]);
}

async function contentsOf(database: TestDatabase): Promise<unknown> {
  const tables = await database.query('SHOW TABLES');
  const has = (name: string) => tables.some((row) => Object.values(row).includes(name));
  return {
    tables,
    applied:
      has('knex_migrations') && (await database.query('SELECT name, batch FROM knex_migrations')),
    locks:
      has('knex_migrations_lock') &&
      (await database.query('SELECT is_locked FROM knex_migrations_lock')),
  };
}

const shown = ({ status, ...rest }: Attempt) => ({
  status,
  applied: 'applied' in rest ? rest.applied.map(({ name }) => name) : [],
  code: 'failure' in rest ? rest.failure.code : undefined,
  notes: rest.notes,
});

it.each(
  (Object.keys(FOUND) as Found[]).flatMap((found) =>
    (['an earlier version', 'nothing yet'] as const).map((recorded) => [found, recorded] as const),
  ),
)(
  'a database that is %s ends alike if "%s" was recorded and if it is asked first',
  async (found, recorded) => {
    const asked = await databaseFound(found);
    const expected = await databaseFound(found);

    const plain = await migrate(asked, ALL, { recorded: 'not told' });
    const ahead = await migrate(expected, ALL, { recorded });

    expect(shown(ahead)).toEqual(shown(plain));
    await isUnlocked(expected);
    const names = JSON.stringify(await contentsOf(expected));
    expect(names.replaceAll(expected.database, asked.database)).toEqual(
      JSON.stringify(await contentsOf(asked)),
    );
  },
);

it.each([['an earlier version'], ['nothing yet']] as const)(
  'a database that is up to date is neither locked nor changed if "%s" was recorded',
  async (recorded) => {
    const database = await databaseFound('up to date');
    const other = await database.connection();
    await other.query('START TRANSACTION');
    await other.query('UPDATE knex_migrations_lock SET is_locked = 0');
    await other.query('SELECT * FROM knex_migrations_lock FOR UPDATE');

    // It would wait for the row.
    expect(await migrate(database, ALL, { recorded })).toEqual({ status: 'unchanged', notes: [] });
  },
);

it('a fence that is not free is waited for after the question only', async () => {
  const database = await databaseFound('migrated by Fanfold');
  const other = await database.connection();
  await other.query('SELECT GET_LOCK(?, 0)', [fenceName(database.database)]);

  expect(await migrate(database, ALL, { fenceWaitSeconds: 0 })).toMatchObject({
    status: 'failed',
    failure: { code: 'TenantBusy', retryable: true },
  });
});

/** The round trips of an attempt. */
async function tripsOf(
  database: TestDatabase,
  files: Bundle,
  options: MigratingOptions,
): Promise<number> {
  return usingProxy(database, 2, async ({ login, counts }) => {
    const attempt = await migrate({ ...database, port: login.port }, files, options);
    expect(attempt).toMatchObject({ status: 'migrated' });
    return (await counts()).trips;
  });
}

it.each([
  ['empty', 'nothing yet'],
  ['migrated by Fanfold', 'an earlier version'],
] as const)(
  'a database that is %s as recorded takes one round trip less',
  async (found, recorded) => {
    const asked = await databaseFound(found);
    const expected = await databaseFound(found);
    // MySQL asks a user's first login for the password.
    for (const database of [asked, expected])
      await migrate(database, bundle(...(found === 'empty' ? [] : SHOP.slice(0, 2))));

    const trips = await tripsOf(asked, ALL, { recorded: 'not told' });
    expect(await tripsOf(expected, ALL, { recorded })).toBeLessThan(trips);
  },
);

const TABLE = 'CREATE TABLE things (id int PRIMARY KEY)';

/** Changes a table first, and differs by its id from those of other tests. */
const addsColumn = (name: string, table: string) =>
  bundle(
    migration(`2026_${name}`, (knex) =>
      knex.schema.alterTable(table, (builder) => void builder.string('note').index()),
    ),
  );

it('the table that the first statement changes is read with the locks of the next tenant', async () => {
  const databases = [await createDatabase('look'), await createDatabase('look')] as const;
  const trips: number[] = [];
  for (const database of databases) {
    await database.query(TABLE);
    await migrate(database, bundle(migration('2025_nothing', () => {})));
  }
  for (const database of databases) {
    trips.push(await tripsOf(database, addsColumn('adds', 'things'), { allowMissing: true }));
  }

  expect(trips[1]).toBe((trips[0] ?? 0) - 1);
});

it.each([
  ['is missing', [], 1146, 'TableMissing'],
  ['has the column already', [TABLE.replace(')', ', note int)')], 1060, 'ColumnExists'],
] as const)(
  'a table that %s is an error as without a look at it, and nothing is half-applied',
  async (_, sql, errno, code) => {
    const [first, second] = [await createDatabase('look'), await createDatabase('look')];
    await first.query(TABLE);
    for (const statement of sql) await second.query(statement);
    const files = addsColumn(`fails_${errno}`, 'things');
    expect(await migrate(first, files)).toMatchObject({ status: 'migrated' });

    const attempt = await migrate(second, files);

    expect(attempt).toMatchObject({
      status: 'failed',
      failure: { code, errno },
    });
    expect(await second.query('SELECT number FROM fanfold_journal')).toEqual([]);
  },
);

it('another table than that of the tenant before is looked at again', async () => {
  const [first, second] = [await createDatabase('look'), await createDatabase('look')];
  await first.query(TABLE);
  for (const sql of [TABLE, TABLE.replace('things', 'others')]) await second.query(sql);

  expect(await migrate(first, addsColumn('one', 'things'))).toMatchObject({ status: 'migrated' });
  expect(await migrate(second, addsColumn('two', 'others'))).toMatchObject({ status: 'migrated' });

  const [row] = await second.query('SHOW CREATE TABLE others');
  expect(row?.['Create Table']).toMatch(/KEY `others_note_index`/);
});
