import { describe, expect, test } from 'vitest';
import { FanfoldError, runTenantMigrations, TenantMigrationError } from '../src/index.ts';
import { createDatabase } from './support/database.ts';
import { fixtureFolder } from './support/fixture-folder.ts';
import { rejectionOf } from './support/thrown-by.ts';

const FILES = {
  '1_create_users.mjs': `export async function up(knex) {
    await knex.schema.createTable('users', (table) => table.increments('id'));
  }`,
  '2_create_roles.mjs': `export async function up(knex) {
    await knex.schema.createTable('roles', (table) => table.increments('id'));
  }`,
};

describe('runTenantMigrations', () => {
  test('does for a service what knex.migrate.latest() did', async () => {
    const migrations = await fixtureFolder(FILES);
    const tenant = await createDatabase('api');
    const first = await runTenantMigrations(tenant, { migrations, to: '1_create_users' });
    expect(first.applied.map(({ name }) => name)).toEqual(['1_create_users.mjs']);
    const second = await runTenantMigrations(tenant, { migrations });
    expect(second.applied.map(({ name }) => name)).toEqual(['2_create_roles.mjs']);
    expect(await runTenantMigrations(tenant, { migrations })).toMatchObject({ applied: [] });
  });

  test('throws where the tenant is not up to date afterwards, with all that is known', async () => {
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

  test('tells what is wrong with the options from what is wrong with the tenant', async () => {
    const migrations = await fixtureFolder(FILES);
    const tenant = await createDatabase('api');
    const error = await rejectionOf(runTenantMigrations(tenant, { migrations, to: 'nosuch' }));
    expect(error).toBeInstanceOf(FanfoldError);
    expect(error).not.toBeInstanceOf(TenantMigrationError);
  });
});
