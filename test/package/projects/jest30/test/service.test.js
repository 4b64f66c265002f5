const { FanfoldError, runTenantMigrations } = require('fanfold/service');
const { TenantMigrationError } = require('fanfold');

const url = new URL(process.env.TENANT_URL);
const login = {
  host: url.hostname,
  port: url.port,
  database: url.pathname.slice(1),
  user: url.username,
  password: url.password,
};
const migrations = './migrations/tenant';

test('migrates a tenant by a login', async () => {
  const { applied } = await runTenantMigrations(login, { migrations });
  expect(applied.map(({ name }) => name)).toEqual(['1_create_a.js', '2_create_b.ts', '3_create_c.mjs']);
});

test('throws errors that can be distinguished by class and code', async () => {
  const error = await runTenantMigrations({ ...login, port: 9 }, { migrations }).catch((e) => e);
  expect(error).toBeInstanceOf(FanfoldError);
  expect(error).toBeInstanceOf(TenantMigrationError);
  expect(error.code).toBe('ConnectionRefused');
});
