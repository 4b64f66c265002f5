import { expect, test } from 'vitest';
import { createTlsChooser } from '../../../../src/adapters/mysql/connection/tls.ts';
import { connectToScratchServer } from '../../../../src/adapters/mysql/scratch-server.ts';
import { recordBundle } from '../../../../src/core/safety/record-bundle.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { knexUnderTest } from '../../../support/knex-under-test.ts';
import { bundle, migration, SHOP } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';
import { rejectionOf } from '../../../support/thrown-by.ts';

function connect(login: Pick<TestDatabase, 'host' | 'port' | 'user' | 'password' | 'database'>) {
  return connectToScratchServer(login, {
    connectTimeoutMs: 3_000,
    tls: createTlsChooser({ mode: 'auto' }),
    knexPackage: knexUnderTest,
    source: '--scratch-url',
  });
}

test('a recording has every statement of every migration, in order, with the server that ran them', async () => {
  const database = await createDatabase('scratch');
  const scratch = await connect(database);
  expect(testServer().version).toContain(scratch.facts.version);
  const { migrations, failure } = await recordBundle(
    bundle(
      ...SHOP,
      migration('20260104000000_fill', async (knex) => {
        await knex('customers').insert({ email: 'somebody@example.com' });
        await knex.schema.hasTable('orders');
        await knex.raw('SET foreign_key_checks = 0; ALTER TABLE orders ADD COLUMN note TEXT');
        await knex.raw('ALTER TABLE nowhere ADD COLUMN note TEXT').catch(() => {});
      }),
    ),
    scratch,
  );
  expect(failure).toBeUndefined();
  const shown = migrations.map(({ id, statements }) => [
    id,
    ...statements.map(({ number, kind, verdict, isRefused, together }) =>
      [number, kind, verdict?.how ?? '-', isRefused ? 'refused' : '', together].join(' '),
    ),
  ]);
  expect(shown).toEqual([
    [
      '20260101000000_create_customers',
      '1 ddl definition  1',
      expect.stringMatching(/^2 ddl in place/),
    ],
    [
      '20260102000000_create_orders',
      '1 ddl definition  1',
      expect.stringMatching(/^2 ddl copy {2}1/),
      expect.stringMatching(/^3 ddl in place/),
    ],
    ['20260103000000_add_total_to_orders', '1 ddl instant  1'],
    [
      '20260104000000_fill',
      '1 write -  1',
      '2 read -  1',
      '3 session -  2',
      '4 ddl instant  2',
      '5 ddl - refused 1',
    ],
  ]);
  const added = migrations[2]?.statements[0];
  expect(added?.changes).toHaveLength(1);
  expect(added?.changes[0]?.before?.columns.map(({ name }) => name)).toEqual(['id', 'customer_id']);
  expect(added?.changes[0]?.after?.columns.at(-1)).toMatchObject({
    name: 'total',
    type: 'decimal(10,2)',
    isNullable: false,
    hasDefault: true,
  });
  expect(migrations[3]?.statements.at(-1)?.checksForeignKeys).toBe(false);
  expect(await database.query('SHOW TABLES')).toEqual([]);
});

test('a recording shows definitions whole, and no values and passwords', async () => {
  const { migrations } = await recordBundle(
    bundle(
      migration('20260101000000_secrets', async (knex) => {
        await knex.raw("CREATE TABLE notes (id INT PRIMARY KEY, state VARCHAR(9) DEFAULT 'fresh')");
        await knex('notes').insert({ id: 1, state: 'hush-1' });
        await knex.raw("CREATE USER 'x'@'%' IDENTIFIED BY 'hush-2'").catch(() => {});
        await knex.raw("CREATE VIEW kept AS SELECT 'hush-3' AS word");
        await knex.raw("SET @secret = 'hush-4'");
      }),
    ),
    await connect(await createDatabase('scratch')),
  );
  const texts = migrations[0]?.statements.map(({ text }) => text) ?? [];
  expect(texts[0]).toContain("DEFAULT 'fresh'");
  expect(texts).toHaveLength(5);
  expect(texts.join('\n')).not.toContain('hush');
});

test('a recording ends with the migration that fails, and the database is empty again', async () => {
  const database = await createDatabase('scratch');
  const { migrations, failure } = await recordBundle(
    bundle(
      migration('20260101000000_good', (knex) =>
        knex.raw('CREATE TABLE good (id INT PRIMARY KEY)'),
      ),
      migration('20260102000000_bad', (knex) => knex.raw('ALTER TABLE nowhere ADD COLUMN a INT')),
      migration('20260103000000_never', (knex) => knex.raw('DROP TABLE good')),
    ),
    await connect(database),
  );
  expect(migrations.map(({ id }) => id)).toEqual(['20260101000000_good', '20260102000000_bad']);
  expect(failure).toMatchObject({ code: 'TableMissing', migration: '20260102000000_bad' });
  expect(await database.query('SHOW TABLES')).toEqual([]);
});

test('a scratch database with anything in it is refused and left as it is', async () => {
  for (const create of ['CREATE TABLE kept (id INT)', 'CREATE PROCEDURE kept() SELECT 1']) {
    const database = await createDatabase('scratch');
    await database.query(create);
    const scratch = await connect(database);
    const error = await rejectionOf(recordBundle(bundle(...SHOP), scratch));
    expect(error).toMatchObject({ code: 'ScratchNotEmpty' });
    expect(String(error)).toContain('It has kept');
    expect(
      await database.query(create.includes('TABLE') ? 'SHOW TABLES' : 'SELECT 1'),
    ).toHaveLength(1);
  }
});

test('a scratch login that sees other databases is refused, because migrations could change them', async () => {
  const { host, port, user, password } = testServer();
  const other = await createDatabase('kept');
  const scratch = await connect({ host, port, user, password, database: '' });
  const error = await rejectionOf(recordBundle(bundle(...SHOP), scratch));
  expect(error).toMatchObject({ code: 'ScratchNotEmpty' });
  expect(String(error)).toContain('sees other databases');
  expect(await other.query('SHOW TABLES')).toEqual([]);
});

test('a scratch server that cannot be reached is a fault of the configuration', async () => {
  const login = { host: '127.0.0.1', port: 1, user: 'x', password: 'hush', database: '' };
  const error = await rejectionOf(connect(login));
  expect(error).toMatchObject({ code: 'ScratchUnreachable', fault: 'configuration' });
  // The row of a tenant, its key and its password are of no help here.
  expect(error).toMatchObject({
    nextStep: expect.not.stringMatching(/tenant|DB_ENCRYPTION_KEY|dbHost/),
  });
  expect(String(error)).not.toContain('hush');
});
