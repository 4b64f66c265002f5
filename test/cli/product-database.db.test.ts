import { expect, it } from 'vitest';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { createDatabase } from '../support/database.ts';
import { realFleet, TEST_KEY } from './support/real-fleet.ts';

const USERS = `export const up = (knex) => knex.schema.createTable('users', (t) => t.increments());
export const down = (knex) => knex.schema.dropTable('users');`;

it("a fleet in a product's own table is planned and migrated without changing that table, and recorded once fanfold_tenants exists", async () => {
  const fleet = await realFleet(['Acme Corp', 'Beta'], { '1_users.mjs': USERS });
  const central = await createDatabase('cli_product');
  await central.query(
    `CREATE TABLE companies (id INT AUTO_INCREMENT PRIMARY KEY, handle VARCHAR(50) NOT NULL UNIQUE, is_active TINYINT(1) NOT NULL,
      host VARCHAR(50), port INT, db VARCHAR(64), login VARCHAR(50), secret VARCHAR(500), updated_at DATETIME NOT NULL DEFAULT '2026-01-01')`,
  );
  const key = parseEncryptionKey(TEST_KEY);
  const rows = fleet.tenants.map(({ host, port, database, user, password }, index) => [
    ...[`company-${index}`, 1, host, port, database, user, encryptPasswordV1(key, password)],
  ]);
  await central.query(
    'INSERT INTO companies (handle, is_active, host, port, db, login, secret) VALUES ?',
    [[...rows, ['gone', 0, 'nowhere.invalid', 1, 'gone', 'gone', 'gone']]],
  );
  const columns = {
    ...{ slug: 'handle', name: 'handle', status: 'is_active', dbHost: 'host', dbPort: 'port' },
    ...{ dbName: 'db', dbUser: 'login', dbPassword: 'secret' },
  };
  const env = {
    CENTRAL_DATABASE_URL: central.url,
    FANFOLD_CENTRAL_TENANTS: JSON.stringify({ table: 'companies', columns, active: '1' }),
  };
  const before = await central.query('SELECT * FROM companies');
  const run = async (argv: string) => {
    const { exitCode, stdout, stderr } = await fleet.run(argv, env);
    expect(exitCode, `${argv}\n${stdout}${stderr}`).toBe(0);
    return `${stdout}${stderr}`;
  };

  await run('migrate:plan');
  const unremembered = await run('migrate:all-tenants');
  expect(unremembered).toContain('fanfold_tenants');
  expect(unremembered).toContain('migrate:latest');
  expect(await run('migrate:status')).toContain('2');
  expect(await central.query('SHOW TABLES')).toHaveLength(1);
  await run('migrate:latest');
  expect(await run('migrate:all-tenants')).not.toContain('fanfold_tenants');

  expect(await central.query('SELECT * FROM companies')).toEqual(before);
  expect(await central.query('SELECT tenantId FROM fanfold_tenants ORDER BY 1')).toEqual([
    { tenantId: '1' },
    { tenantId: '2' },
  ]);
  const refused = await fleet.run('tenant:status company-0 SUSPENDED', env);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('is_active cannot hold SUSPENDED');
}, 120_000);
