import { describe, expect, it } from 'vitest';
import {
  migrateCentralLatest,
  rollbackCentral,
} from '../../../src/adapters/knex/central-migrations.ts';
import { createCentralDatabase, insertTenants } from '../../support/central-database.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { databaseFacts } from '../../support/schema/database-facts.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const NAMES = [
  '20261101090000_create_tenants.ts',
  '20261101090100_create_users.ts',
  '20261124090000_add_provisioning_to_tenants.ts',
  '20261125090000_add_migration_login_to_tenants.ts',
];

const latest = (database: TestDatabase) => migrateCentralLatest(database, undefined);
const rollback = (database: TestDatabase) => rollbackCentral(database, undefined);

async function recorded(database: TestDatabase) {
  return database.query('SELECT name, batch FROM knex_migrations ORDER BY id');
}

describe('migrations of the central database', () => {
  it('run once', async () => {
    const database = await createDatabase('central');

    expect(await latest(database)).toEqual(NAMES);
    expect(await latest(database)).toEqual([]);

    expect(await recorded(database)).toEqual(NAMES.map((name) => ({ name, batch: 1 })));
  });

  it('can be rolled back and run again', async () => {
    const database = await createCentralDatabase();
    const before = await databaseFacts(database);

    expect(await rollback(database)).toEqual(NAMES.toReversed());
    expect(await databaseFacts(database)).toEqual({});
    expect(await rollback(database)).toEqual([]);

    expect(await latest(database)).toEqual(NAMES);
    expect(await databaseFacts(database)).toEqual(before);
  });

  it('do not take tables back that hold rows', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [{ slug: 'acme' }]);

    const error = await rejectionOf(rollback(database));

    expect(error).toMatchObject({ code: 'CentralMigrationFailed', fault: 'configuration' });
    expect((error as Error).message).toContain('20261125090000_add_migration_login_to_tenants');
    expect(await database.query('SELECT slug FROM tenants')).toEqual([{ slug: 'acme' }]);
    // The newest refuses first, so that nothing of the batch is rolled back.
    expect(await latest(database)).toEqual([]);

    await database.query('DELETE FROM tenants');
    await database.query("INSERT INTO users (email, name) VALUES ('a@example.com', 'A')");
    expect(await rejectionOf(rollback(database))).toMatchObject({ code: 'CentralMigrationFailed' });
    expect(await database.query('SELECT name FROM users')).toEqual([{ name: 'A' }]);
  });

  it('say where a table is in the way', async () => {
    const database = await createDatabase('central');
    await database.query('CREATE TABLE users (id INT PRIMARY KEY)');

    const error = await rejectionOf(latest(database));

    expect(error).toMatchObject({ code: 'CentralMigrationFailed', fault: 'configuration' });
    expect((error as Error).message).toMatch(
      /20261101090100_create_users .*Table 'users' already exists$/,
    );
    await database.query('DROP TABLE users');
    expect(await latest(database)).toEqual(NAMES.slice(1));
  });

  it('say how to free a lock that was left behind', async () => {
    const database = await createCentralDatabase();
    await rollback(database);
    await database.query('UPDATE knex_migrations_lock SET is_locked = 1');

    const error = await rejectionOf(latest(database));

    expect(error).toMatchObject({ code: 'CentralDatabaseLocked', retryable: true });
    await database.query((error as { nextStep: string }).nextStep.replace(/^.*: /, ''));
    expect(await latest(database)).toEqual(NAMES);
  });

  it('do not touch a database that a later version migrated', async () => {
    const database = await createCentralDatabase();
    await database.query(
      "INSERT INTO knex_migrations (name, batch) VALUES ('20990101000000_add_regions.ts', 2)",
    );

    const error = await rejectionOf(latest(database));

    expect(error).toMatchObject({ code: 'CentralMigrationsMissing' });
    expect((error as Error).message).toContain('20990101000000_add_regions.ts');
  });
});

describe('the tables of the central database', () => {
  it('fill in what they can', async () => {
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
      statusReason: null,
      provisioning: null,
      dbHost: 'db1',
      dbPort: 3306,
      dbName: 'acme_db',
      dbUser: 'acme',
      dbPassword: '00:11',
      dbPasswordNext: null,
      migrationUser: null,
      migrationPassword: null,
      schemaVersion: null,
      lastMigratedAt: null,
      lastRunId: null,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
    });
  });

  it('note when a row changes', async () => {
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

  it('compare ids and slugs to the letter, hosts and e-mail addresses without case', async () => {
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

  it('do not make operators of the users of a tenant that is deleted', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [{ id: 'a', slug: 'acme' }]);
    await database.query(
      "INSERT INTO users (email, name, tenantId) VALUES ('a@example.com', 'A', 'a')",
    );

    await expect(database.query('DELETE FROM tenants')).rejects.toMatchObject({ errno: 1451 });
  });
});
