import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  assertTenantReady,
  createPasswordSealer,
  FanfoldError,
  fixedKeyRing,
  loadMigrationsFolder,
  parseKeyRing,
  runTenantMigrations,
  TenantMigrationError,
} from '../../src/api/index.ts';
import { createDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const FILES = {
  '1_create_users.mjs': `export async function up(knex) {
    await knex.schema.createTable('users', (table) => table.increments('id'));
  }`,
  '2_create_roles.mjs': `export async function up(knex) {
    await knex.schema.createTable('roles', (table) => table.increments('id'));
  }`,
};

describe('runTenantMigrations', () => {
  test('runTenantMigrations brings a database up to date as knex.migrate.latest() did', async () => {
    const migrations = await fixtureFolder(FILES);
    const tenant = await createDatabase('api');
    const first = await runTenantMigrations(tenant, { migrations, to: '1_create_users' });
    expect(first.applied.map(({ name }) => name)).toEqual(['1_create_users.mjs']);
    const second = await runTenantMigrations(tenant, { migrations });
    expect(second.applied.map(({ name }) => name)).toEqual(['2_create_roles.mjs']);
    expect(await runTenantMigrations(tenant, { migrations })).toMatchObject({ applied: [] });
  });

  test('runTenantMigrations accepts a row of the central database, and opens its password with the key', async () => {
    const migrations = await fixtureFolder(FILES);
    const tenant = await createDatabase('api');
    const encryptionKey = '0123456789abcdef0123456789abcdef';
    const { host: dbHost, port, database: dbName, user: dbUser, password } = tenant;
    const address = { host: dbHost, port, database: dbName, user: dbUser };
    const sealer = createPasswordSealer(fixedKeyRing(parseKeyRing(encryptionKey)), 'v1');
    const dbPassword = await sealer.seal({ id: '7', address }, password);
    const row = { id: 7, slug: 'acme', dbHost, dbPort: String(port), dbName, dbUser, dbPassword };
    const first = await runTenantMigrations(row, { migrations, encryptionKey });
    expect(first.applied).toHaveLength(2);
    vi.stubEnv('DB_ENCRYPTION_KEY', encryptionKey);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await runTenantMigrations(row, { migrations })).toMatchObject({ applied: [] });
    const login = () => row;
    await assertTenantReady(
      { slug: 'acme', schemaVersion: null, login },
      await loadMigrationsFolder(migrations),
    );
    const wrongKey = encryptionKey.toUpperCase();
    const error = await rejectionOf(
      runTenantMigrations(row, { migrations, encryptionKey: wrongKey }),
    );
    expect(error).toMatchObject({ code: 'PasswordWrongKey', fault: 'tenant' });
  });

  test.each([
    [{ migration: './x' }, '"migration" is not an option. Did you mean "migrations"?'],
    [{ migrations: 7 }, '"migrations" is 7; it must be a text that is not empty.'],
    [{ strict: 'yes' }, '"strict" is "yes"; it must be true or false.'],
    [{ tls: 'on' }, '"tls" is "on"; it must be one of auto, required, off.'],
    [{ ca: './ca.pem' }, '"ca" is "./ca.pem"; it must be PEM certificates'],
    [{ connectTimeoutSeconds: 0 }, '"connectTimeoutSeconds" is 0; it must be a number of seconds'],
    [{ encryptionKey: 42 }, '"encryptionKey" is a number; it must be the key as a text.'],
    [{ knex: 'knexfile.js' }, '"knex" is "knexfile.js"; it must be an object.'],
    [null, 'The options are null.'],
  ])(
    'runTenantMigrations refuses the options %j by name, before anything is touched',
    async (options, message) => {
      const error = await rejectionOf(runTenantMigrations({} as never, options as never));
      expect(error).toBeInstanceOf(FanfoldError);
      expect(error).toMatchObject({ code: 'OptionInvalid', fault: 'usage' });
      expect(String(error)).toContain(message);
    },
  );

  test('runTenantMigrations throws with all known facts if the tenant is not up to date afterwards', async () => {
    const migrations = await fixtureFolder(FILES);
    const tenant = await createDatabase('api');
    await tenant.query('CREATE TABLE roles (id INT)');
    const error = await rejectionOf(runTenantMigrations(tenant, { migrations }));
    expect(error).toBeInstanceOf(FanfoldError);
    expect(error).toBeInstanceOf(TenantMigrationError);
    const { failure, applied } = error as TenantMigrationError;
    expect(error).toMatchObject({
      fault: 'tenant',
      code: failure.code,
      message: failure.message,
      nextStep: failure.nextStep,
      retryable: false,
    });
    expect(failure).toMatchObject({
      migration: '2_create_roles',
      statement: { number: 1, text: expect.stringContaining('create table `roles`') },
      errno: 1050,
      sqlState: '42S01',
      nextStep: expect.stringContaining('applied in part'),
    });
    expect(applied).toMatchObject([{ name: '1_create_users.mjs' }]);
  });

  test('runTenantMigrations distinguishes invalid options from a tenant that cannot be migrated', async () => {
    const migrations = await fixtureFolder(FILES);
    const tenant = await createDatabase('api');
    const error = await rejectionOf(runTenantMigrations(tenant, { migrations, to: 'nosuch' }));
    expect(error).toBeInstanceOf(FanfoldError);
    expect(error).not.toBeInstanceOf(TenantMigrationError);
  });
});
