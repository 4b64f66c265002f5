import { describe, expect, test } from 'vitest';
import { FanfoldError, runTenantMigrations } from '../src/index.ts';
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

  test('throws where the tenant is not up to date afterwards', async () => {
    const migrations = await fixtureFolder(FILES);
    const tenant = await createDatabase('api');
    await tenant.query('CREATE TABLE roles (id INT)');
    const error = await rejectionOf(runTenantMigrations(tenant, { migrations }));
    expect(error).toBeInstanceOf(FanfoldError);
    expect(error).toMatchObject({ retryable: false, fault: 'tenant' });
    expect(error).toMatchObject({ nextStep: expect.stringContaining('applied in part') });
  });
});
