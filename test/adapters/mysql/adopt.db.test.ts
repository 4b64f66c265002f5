import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/core/bundle/bundle.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../support/migrations.ts';
import { plainKnex } from '../../support/plain-knex.ts';

/** Plain Knex with these migrations in files with this extension. */
function knexWith(database: TestDatabase, migrations: readonly Migration[], extension = '.js') {
  return plainKnex(database, bundle(...migrations.map((each) => ({ ...each, extension })))).migrate;
}

async function rows(database: TestDatabase, table: string): Promise<Record<string, unknown>[]> {
  return (await database.query(`SELECT * FROM \`${table}\` ORDER BY 1`)) as Record<
    string,
    unknown
  >[];
}

describe('a database that plain Knex migrated', () => {
  it.each(['.js', '.ts', '.mjs'])(
    'a database that plain Knex migrated is adopted unchanged if names end in %s',
    async (extension) => {
      const database = await createDatabase('adopt');
      await knexWith(database, SHOP.slice(0, 1), extension).latest();
      await knexWith(database, SHOP.slice(0, 2), extension).latest();
      const before = await rows(database, 'knex_migrations');

      const attempt = await migrate(database, bundle(...SHOP));

      expect(attempt).toMatchObject({
        status: 'migrated',
        applied: [{ name: `20260103000000_add_total_to_orders${extension}` }],
      });
      const after = await rows(database, 'knex_migrations');
      expect(after.slice(0, 2)).toEqual(before);
      expect(after[2]).toMatchObject({ batch: 3 });
      const again = await knexWith(database, SHOP, extension).latest();
      expect(again).toEqual([3, []]);
    },
  );

  it('a database that plain Knex migrated is not changed at all if nothing is pending', async () => {
    const database = await createDatabase('adopt');
    await knexWith(database, SHOP).latest();

    expect(await migrate(database, bundle(...SHOP))).toEqual({ status: 'unchanged', notes: [] });

    expect(await database.query("SHOW TABLES LIKE 'fanfold%'")).toEqual([]);
  });

  it('a database that plain Knex migrated keeps its custom table name and lock table', async () => {
    const database = await createDatabase('adopt');
    const tableName = 'schema history';
    await knexWith(database, SHOP.slice(0, 1)).latest({ tableName });

    expect(await migrate(database, bundle(...SHOP), { tableName })).toMatchObject({
      status: 'migrated',
    });

    expect(await rows(database, tableName)).toHaveLength(3);
    expect(await rows(database, `${tableName}_lock`)).toEqual([{ index: 1, is_locked: 0 }]);
    const again = await knexWith(database, SHOP).latest({ tableName });
    expect(again).toEqual([2, []]);
  });

  it('a database that plain Knex migrated has its earlier migrations baselined with the first one that Fanfold applies', async () => {
    const database = await createDatabase('adopt');
    await knexWith(database, SHOP.slice(0, 2)).latest();
    await migrate(database, bundle(...SHOP));

    const recorded = await rows(database, 'fanfold_journal');

    expect(recorded.map(({ migration: id, checksum }) => [id, checksum])).toEqual(
      SHOP.map(({ id, checksum }) => [id, checksum]),
    );
  });

  it('a database that plain Knex migrated is refused if the bundle lacks applied migrations and others are pending', async () => {
    const database = await createDatabase('adopt');
    await knexWith(database, SHOP.slice(0, 2)).latest();
    const other = bundle(...SHOP.slice(1));

    expect(await migrate(database, other)).toMatchObject({
      status: 'failed',
      failure: {
        code: 'MigrationsMissing',
        message: expect.stringContaining('20260101000000_create_customers'),
      },
    });
    expect(await migrate(database, other)).toMatchObject({
      failure: { message: expect.stringContaining('directory is corrupt') },
    });
    expect(await migrate(database, other, { allowMissing: true })).toMatchObject({
      status: 'migrated',
      notes: [{ code: 'ahead' }],
    });
    expect(await migrate(database, other)).toMatchObject({
      status: 'unchanged',
      notes: [{ code: 'ahead' }],
    });
  });

  it('a database that plain Knex migrated counts duplicate and odd lock rows as one lock', async () => {
    const database = await createDatabase('adopt');
    await knexWith(database, SHOP.slice(0, 1)).latest();
    await database.query('INSERT INTO knex_migrations_lock (is_locked) VALUES (0), (0)');
    expect(await migrate(database, bundle(...SHOP.slice(0, 2)))).toMatchObject({
      status: 'migrated',
    });
    await database.query('DELETE FROM knex_migrations_lock');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  });
});

describe('a database that Fanfold migrated', () => {
  it('a database that Fanfold migrated is complete and valid for plain Knex, which can continue', async () => {
    const database = await createDatabase('adopt');
    await migrate(database, bundle(...SHOP.slice(0, 2)));

    const [completed, pending] = await knexWith(database, SHOP).list();
    expect(completed).toHaveLength(2);
    expect(pending).toHaveLength(1);
    expect(await knexWith(database, SHOP).latest()).toEqual([
      2,
      ['20260103000000_add_total_to_orders.js'],
    ]);
    expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'unchanged' });
  });

  it('a database that Fanfold migrated has exactly the tables and rows that plain Knex creates', async () => {
    const [ours, theirs] = [await createDatabase('ours'), await createDatabase('theirs')];
    const startedAt = Math.floor(Date.now() / 1000) * 1000;
    await migrate(ours, bundle(...SHOP));
    await knexWith(theirs, SHOP).latest();

    for (const table of ['knex_migrations', 'knex_migrations_lock', 'customers', 'orders']) {
      const definition = async (database: TestDatabase) =>
        Object.values((await database.query(`SHOW CREATE TABLE ${table}`))[0] ?? {})[1];
      expect(await definition(ours)).toEqual(await definition(theirs));
    }
    const names = 'SELECT id, name, batch FROM knex_migrations ORDER BY id';
    expect(await ours.query(names)).toEqual(await theirs.query(names));
    expect(await rows(ours, 'knex_migrations_lock')).toEqual(
      await rows(theirs, 'knex_migrations_lock'),
    );
    const [{ first }] = (await ours.query(
      'SELECT UNIX_TIMESTAMP(MIN(migration_time)) * 1000 AS first FROM knex_migrations',
    )) as [{ first: number }];
    expect(Number(first)).toBeGreaterThanOrEqual(startedAt);
    // The column stores whole seconds, and MySQL rounds.
    expect(Number(first)).toBeLessThanOrEqual(Date.now() + 1_000);
  });
});

describe('a changed migration', () => {
  it('a changed migration is noted, and refused in strict mode', async () => {
    const database = await createDatabase('modified');
    const [first, second] = SHOP as [Migration, Migration, Migration];
    await migrate(database, bundle(first));
    const changed = { ...migration(first.id, () => undefined, { source: 'changed' }) };

    expect(await migrate(database, bundle(changed, second))).toMatchObject({
      status: 'migrated',
      notes: [{ code: 'MigrationModified' }],
    });
    expect(await migrate(database, bundle(changed, second), { strict: true })).toMatchObject({
      status: 'failed',
      failure: { code: 'MigrationModified', message: expect.stringContaining(first.id) },
    });
  });
});
