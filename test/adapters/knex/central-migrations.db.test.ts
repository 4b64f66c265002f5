import { describe, expect, it } from 'vitest';
import {
  migrateCentralLatest,
  rollbackCentral,
} from '../../../src/adapters/knex/central-migrations.ts';
import { asking, createCentralDatabase, insertTenants } from '../../support/central-database.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { databaseFacts } from '../../support/schema/database-facts.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const NAMES = [
  '20261101090000_create_tenants.ts',
  '20261101090100_create_users.ts',
  '20261129090000_create_fanfold_tenants.ts',
  '20261201090000_create_fanfold_pool.ts',
];

const latest = (database: TestDatabase) => migrateCentralLatest({ login: database });
const rollback = (database: TestDatabase) => rollbackCentral({ login: database });

/** The tables as the first versions of Fanfold created them, and as later versions extended them. */
const EARLIER = `CREATE TABLE tenants (
  id CHAR(36) NOT NULL PRIMARY KEY, slug VARCHAR(190) NOT NULL UNIQUE, name VARCHAR(255) NOT NULL,
  status VARCHAR(32) NOT NULL, statusReason TEXT NULL, provisioning VARCHAR(32) NULL,
  dbHost VARCHAR(255) NOT NULL, dbPort SMALLINT UNSIGNED NOT NULL, dbName VARCHAR(64) NOT NULL,
  dbUser VARCHAR(80) NOT NULL, dbPassword TEXT NOT NULL, dbPasswordNext TEXT NULL,
  migrationUser VARCHAR(80) NULL, migrationPassword TEXT NULL, schemaVersion VARCHAR(64) NULL,
  lastMigratedAt DATETIME(3) NULL, lastRunId VARCHAR(128) NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;

async function tablesOf(database: TestDatabase): Promise<unknown[]> {
  const rows = await database.query(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
  );
  return rows.map(({ name }) => name);
}

async function recorded(database: TestDatabase) {
  return database.query('SELECT name, batch FROM fanfold_migrations ORDER BY id');
}

describe('migrations of the central database', () => {
  it('migrations of the central database run only once', async () => {
    const database = await createDatabase('central');

    expect(await latest(database)).toEqual(NAMES);
    expect(await latest(database)).toEqual([]);

    expect(await recorded(database)).toEqual(NAMES.map((name) => ({ name, batch: 1 })));
  });

  it('migrations of the central database can be rolled back and run again', async () => {
    const database = await createCentralDatabase();
    const before = await databaseFacts(database);

    expect(await rollback(database)).toEqual(NAMES.toReversed());
    expect(await databaseFacts(database)).toEqual({});
    expect(await rollback(database)).toEqual([]);

    expect(await latest(database)).toEqual(NAMES);
    expect(await databaseFacts(database)).toEqual(before);
  });

  it('migrations of the central database do not roll back tables that have rows', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [{ id: 'a', slug: 'acme' }]);
    await database.query(
      "INSERT INTO fanfold_tenants (tenantId, migrationUser) VALUES ('a', 'migrator')",
    );

    const error = await rejectionOf(rollback(database));

    expect(error).toMatchObject({ code: 'CentralMigrationFailed', fault: 'configuration' });
    expect((error as Error).message).toContain('20261101090000_create_tenants');
    expect(await database.query('SELECT slug FROM tenants')).toEqual([{ slug: 'acme' }]);
    // Nothing of the batch is rolled back.
    expect(await latest(database)).toEqual([]);

    await database.query('DELETE FROM tenants');
    const ours = await rejectionOf(rollback(database));
    expect((ours as Error).message).toContain('20261129090000_create_fanfold_tenants');
    await database.query('DELETE FROM fanfold_tenants');
    await database.query("INSERT INTO users (email, name) VALUES ('a@example.com', 'A')");
    expect(await rejectionOf(rollback(database))).toMatchObject({ code: 'CentralMigrationFailed' });
    expect(await database.query('SELECT name FROM users')).toEqual([{ name: 'A' }]);
  });

  it('drop the tables that they created if one of them fails', async () => {
    const database = await createDatabase('central');
    await database.query('CREATE TABLE fanfold_tenants (id INT PRIMARY KEY)');

    const error = await rejectionOf(latest(database));

    expect(error).toMatchObject({ code: 'CentralMigrationFailed', fault: 'configuration' });
    expect((error as Error).message).toMatch(
      /20261129090000_create_fanfold_tenants .*Table 'fanfold_tenants' already exists$/,
    );
    expect(await tablesOf(database)).toEqual(['fanfold_tenants']);
  });

  it("create nothing in a product's database without a table of tenants", async () => {
    const database = await createDatabase('central');
    await database.query('CREATE TABLE users (id INT PRIMARY KEY)');

    const error = await rejectionOf(latest(database));

    expect(error).toMatchObject({ code: 'TenantsTableMissing', fault: 'configuration' });
    expect((error as Error).message).toContain('It has users.');
    expect(await tablesOf(database)).toEqual(['users']);
  });

  it("create only Fanfold's tables beside a product's table, and ignore other histories", async () => {
    const database = await createDatabase('central');
    await database.query(
      `CREATE TABLE tenants (id INT AUTO_INCREMENT PRIMARY KEY, slug VARCHAR(50))`,
    );
    await database.query('CREATE TABLE users (id INT PRIMARY KEY)');
    await database.query('CREATE TABLE knex_migrations (id INT PRIMARY KEY, name VARCHAR(255))');
    await database.query(
      "INSERT INTO knex_migrations VALUES (1, '20200101000000_of_the_product.js')",
    );
    const before = await database.query('SHOW CREATE TABLE tenants');

    expect(await latest(database)).toEqual(NAMES.slice(-2));
    expect(await latest(database)).toEqual([]);

    expect(await database.query('SHOW CREATE TABLE tenants')).toEqual(before);
    const theirs = ['knex_migrations', 'tenants', 'users'];
    expect(await tablesOf(database)).toEqual([
      'fanfold_migrations',
      'fanfold_migrations_lock',
      'fanfold_pool',
      'fanfold_tenants',
      ...theirs,
    ]);
    expect(await rollback(database)).toEqual(NAMES.slice(-2).toReversed());
    expect(await tablesOf(database)).toEqual(theirs);
  });

  it('carry over the data that an earlier version kept in the table of tenants', async () => {
    const database = await createDatabase('central');
    await database.query(EARLIER);
    await database.query(
      `INSERT INTO tenants VALUES
        ('a', 'acme', 'Acme', 'ACTIVE', NULL, NULL, 'db1', 3306, 'acme', 'acme', '00:11', '22:33', 'migrator', '44:55', 'hash', '2026-11-23 01:02:03.456', 'run-1'),
        ('b', 'beta', 'Beta', 'FAILED', 'Why', 'database', 'db1', 3306, 'beta', 'beta', '66:77', NULL, NULL, NULL, NULL, NULL, NULL),
        ('c', 'gamma', 'Gamma', 'ACTIVE', NULL, NULL, 'db1', 3306, 'gamma', 'gamma', '88:99', NULL, NULL, NULL, NULL, NULL, NULL)`,
    );
    const before = await database.query('SELECT * FROM tenants');

    expect(
      await rejectionOf(asking(database, ({ directory }) => directory.count({}))),
    ).toMatchObject({
      code: 'CentralDatabaseSchemaMismatch',
      nextStep: expect.stringContaining('migrate:latest'),
    });
    expect(await latest(database)).toEqual(NAMES.slice(-2));

    expect(await database.query('SELECT * FROM tenants')).toEqual(before);
    const [a] = await asking(database, ({ directory }) => directory.findByIds(['a']));
    expect(a).toMatchObject({
      migrationLogin: { user: 'migrator', encryptedPassword: '44:55' },
      schemaVersion: 'hash',
      lastMigratedAt: new Date('2026-11-23T01:02:03.456Z'),
      lastRunId: 'run-1',
    });
    expect(await asking(database, ({ credentials }) => credentials.read('a'))).toMatchObject({
      next: '22:33',
    });
    expect(await asking(database, ({ provisioning }) => provisioning.read('b'))).toMatchObject({
      mark: 'database',
    });
    expect(
      await database.query("SELECT statusReason FROM fanfold_tenants WHERE tenantId = 'b'"),
    ).toEqual([{ statusReason: 'Why' }]);
    expect(
      await database.query("SELECT tenantId FROM fanfold_tenants WHERE tenantId = 'c'"),
    ).toEqual([]);
  });

  it('a lock that was left in the central database is reported with the way to release it', async () => {
    const database = await createCentralDatabase();
    await database.query('DELETE FROM fanfold_migrations ORDER BY id DESC LIMIT 1');
    await database.query('DROP TABLE fanfold_pool');
    await database.query('UPDATE fanfold_migrations_lock SET is_locked = 1');

    const error = await rejectionOf(latest(database));

    expect(error).toMatchObject({ code: 'CentralDatabaseLocked', retryable: true });
    await database.query((error as { nextStep: string }).nextStep.replace(/^.*: /, ''));
    expect(await latest(database)).toEqual(NAMES.slice(-1));
  });

  it('migrations of the central database do not touch a database that a later version migrated', async () => {
    const database = await createCentralDatabase();
    await database.query(
      "INSERT INTO fanfold_migrations (name, batch) VALUES ('20990101000000_add_regions.ts', 2)",
    );

    const error = await rejectionOf(latest(database));

    expect(error).toMatchObject({ code: 'CentralMigrationsMissing' });
    expect((error as Error).message).toContain('20990101000000_add_regions.ts');
  });
});

describe('the tables of the central database', () => {
  it('fill in their defaults', async () => {
    const database = await createCentralDatabase();
    await database.query(
      `INSERT INTO tenants (slug, name, dbHost, dbName, dbUser, dbPassword)
       VALUES ('acme', 'Acme Corp', 'db1', 'acme_db', 'acme', '00:11')`,
    );

    const [tenant] = await database.query('SELECT * FROM tenants');

    expect(tenant).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      slug: 'acme',
      name: 'Acme Corp',
      status: 'PROVISIONING',
      dbHost: 'db1',
      dbPort: 3306,
      dbName: 'acme_db',
      dbUser: 'acme',
      dbPassword: '00:11',
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
    });
  });

  it('the tables of the central database record when a row changes', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [{ slug: 'acme' }]);
    await database.query("UPDATE tenants SET updatedAt = '2026-01-01', createdAt = '2026-01-01'");

    await database.query("UPDATE tenants SET name = 'Acme'");

    expect(
      await database.query(
        "SELECT updatedAt > '2026-01-01' AS updated, createdAt = '2026-01-01' AS kept FROM tenants",
      ),
    ).toEqual([{ updated: 1, kept: 1 }]);
  });

  it('compare ids and slugs exactly, and hosts and e-mail addresses without case', async () => {
    const database = await createCentralDatabase();

    const collations = await database.query(
      `SELECT CONCAT(table_name, '.', column_name) AS name, collation_name AS collation
       FROM information_schema.columns
       WHERE table_schema = DATABASE() AND column_name IN ('id', 'slug', 'dbHost', 'tenantId', 'email')
         AND table_name IN ('tenants', 'users')`,
    );

    expect(Object.fromEntries(collations.map(({ name, collation }) => [name, collation]))).toEqual({
      'tenants.id': 'utf8mb4_bin',
      'tenants.slug': 'utf8mb4_bin',
      'tenants.dbHost': 'utf8mb4_unicode_ci',
      'users.id': 'utf8mb4_bin',
      'users.tenantId': 'utf8mb4_bin',
      'users.email': 'utf8mb4_unicode_ci',
    });
  });

  it('the tables of the central database do not turn the users of a deleted tenant into operators', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [{ id: 'a', slug: 'acme' }]);
    await database.query(
      "INSERT INTO users (email, name, tenantId) VALUES ('a@example.com', 'A', 'a')",
    );

    await expect(database.query('DELETE FROM tenants')).rejects.toMatchObject({ errno: 1451 });
  });
});
