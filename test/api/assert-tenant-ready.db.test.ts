import { describe, expect, it } from 'vitest';
import {
  assertTenantReady,
  loadMigrationsFolder,
  runTenantMigrations,
} from '../../src/api/index.ts';
import { createDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const FILES = {
  '1_create_users.mjs': `export const up = (knex) => knex.schema.createTable('users', (t) => t.increments());`,
  '2_create_roles.mjs': `export const up = (knex) => knex.schema.createTable('roles', (t) => t.increments());`,
};

describe('assertTenantReady', () => {
  it('assertTenantReady trusts a row that is up to date, and queries the database if the row is behind', async () => {
    const migrations = await fixtureFolder(FILES);
    const bundle = await loadMigrationsFolder(migrations);
    const database = await createDatabase('ready');
    let asked = 0;
    const login = () => {
      asked += 1;
      return database;
    };
    const behind = { slug: 'acme', schemaVersion: null, login };

    await assertTenantReady({ ...behind, schemaVersion: bundle.hash }, bundle.hash);
    expect(asked).toBe(0);

    for (const expected of [bundle, bundle.hash]) {
      expect(await rejectionOf(assertTenantReady(behind, expected))).toMatchObject({
        code: 'TenantNotReady',
        retryable: true,
      });
    }
    await runTenantMigrations(database, { migrations, to: '1_create_users' });
    expect(await rejectionOf(assertTenantReady(behind, bundle.hash))).toMatchObject({
      code: 'TenantNotReady',
    });
    await runTenantMigrations(database, { migrations });
    for (const expected of [bundle, bundle.hash]) await assertTenantReady(behind, expected);
    expect(asked).toBe(5);
  });

  it('assertTenantReady passes on the error that prevents the query of the database', async () => {
    const login = () => ({ host: '127.0.0.1', port: 1, database: 'a', user: 'a', password: 'a' });
    const tenant = { slug: 'acme', schemaVersion: null, login };
    expect(await rejectionOf(assertTenantReady(tenant, 'a hash'))).toMatchObject({
      code: 'ConnectionRefused',
    });
  });
});
