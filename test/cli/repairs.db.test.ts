import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { testServer } from '../support/server.ts';
import { fakeHost } from './support/fake-host.ts';
import { realFleet } from './support/real-fleet.ts';

const MIGRATIONS = {
  '1_tasks.js': `
    export const up = (knex) => knex.schema.createTable('tasks', (table) => { table.increments('id'); });
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

/** A fleet, its server's administrator, and command lines in this process. */
async function fleetWithAdmin(names: readonly string[]) {
  const { folder, env, tenants, central } = await realFleet(names, MIGRATIONS);
  const { host, port, user, password } = testServer();
  const admin = { FANFOLD_ADMIN_URL: `mysql://${user}:${password}@${host}:${port}` };
  const run = async (argv: string, { stdin = '', more = admin as Record<string, string> } = {}) => {
    const fake = fakeHost({ env: { ...env, ...more }, stdin });
    const words = argv.startsWith('migrate')
      ? ['--migrations', join(folder, 'migrations/tenant')]
      : [];
    const exitCode = await runCli([...argv.split(' '), ...words], fake, createWiring);
    return { out: fake.out, err: fake.err, exitCode };
  };
  const asRoot = async (...statements: readonly string[]) => {
    const root = await testServer().rootConnection();
    for (const statement of statements) await root.query(statement);
    await root.end();
  };
  const [acme] = tenants;
  if (acme === undefined) throw new Error('There is no tenant.');
  return { run, asRoot, acme, tenants, central };
}

describe('migrate:doctor --fix', () => {
  test('migrate:doctor --fix creates a missing account with the stored password and its privileges', async () => {
    const { run, asRoot, acme } = await fleetWithAdmin(['Acme']);
    await asRoot(`DROP USER '${acme.user}'@'%'`);
    const fixed = await run('migrate:doctor acme --fix');
    expect(fixed.out).toContain(
      `🔧 acme: CREATE USER '${acme.user}'@'%' with the stored password\n`,
    );
    expect(fixed.out).toContain('✅ acme: no problem\n');
    expect(fixed.exitCode).toBe(0);
    expect(fixed.out + fixed.err).not.toContain(acme.password);
    // Twice is once.
    const again = await run('migrate:doctor acme --fix');
    expect([again.exitCode, again.out.includes('🔧')]).toEqual([0, false]);
  });

  test('migrate:doctor --fix leaves a refused password to tenant:password', async () => {
    const { run, asRoot, acme } = await fleetWithAdmin(['Acme']);
    await asRoot(`ALTER USER '${acme.user}'@'%' IDENTIFIED BY 'Another-1-pass'`);
    const { out, exitCode } = await run('migrate:doctor acme --fix');
    expect(out).toContain('fanfold tenant:password acme --generate');
    expect(exitCode).toBe(1);
  });

  test('migrate:doctor --fix releases no lock that a session may hold, and names the session', async () => {
    const { run, acme } = await fleetWithAdmin(['Acme']);
    await acme.query('CREATE TABLE knex_migrations_lock (`index` INT PRIMARY KEY, is_locked INT)');
    await acme.query('INSERT INTO knex_migrations_lock VALUES (1, 1)');
    const other = await acme.connection();
    const held = await run('migrate:doctor acme --fix');
    expect(held.out).toMatch(/❌ repair: Knex's migration lock .* may be in use: connection \d+ /);
    expect(held.exitCode).toBe(1);
    expect(await acme.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 1 },
    ]);
    other.destroy();
    await acme.closeConnections();
    const freed = await run('migrate:doctor acme --fix');
    expect(freed.out).toContain("🔧 acme: freed Knex's lock");
    expect(freed.exitCode).toBe(0);
  });

  test('migrate:doctor --fix requires the login of an administrator, and names the variable', async () => {
    const { run, asRoot, acme } = await fleetWithAdmin(['Acme']);
    await asRoot(`DROP DATABASE ${acme.database}`);
    const { out, exitCode } = await run('migrate:doctor acme --fix', { more: {} });
    expect(out).toContain("No administrator's login is known for the database server");
    expect(out).toMatch(/CREATE DATABASE `.*` CHARACTER SET utf8mb4;/);
    expect(exitCode).toBe(1);
  });
});

describe('tenant:password', () => {
  test('tenant:password stores only a password that the database accepts', async () => {
    const { run, asRoot, acme, central } = await fleetWithAdmin(['Acme', 'Beta']);
    const stored = () => central.query("SELECT dbPassword FROM tenants WHERE slug = 'acme'");
    const before = await stored();
    const secret = 'N0t the-right "one"';
    const refused = await run('tenant:password acme', { stdin: `${secret}\n` });
    expect(refused.err).toContain('refused the login of user');
    expect(refused.exitCode).toBe(1);
    expect(await stored()).toEqual(before);
    await asRoot(`ALTER USER '${acme.user}'@'%' IDENTIFIED BY '${secret}'`);
    const taken = await run('tenant:password acme', { stdin: `${secret}\n` });
    expect(taken.out).toBe('✅ acme has a new stored password, which its database accepts\n');
    expect(taken.exitCode).toBe(0);
    expect(await stored()).not.toEqual(before);
    for (const text of [refused.out, refused.err, taken.out, taken.err]) {
      expect(text).not.toContain(secret);
    }
    expect((await run('migrate:doctor acme')).exitCode).toBe(0);
    expect((await run('tenant:password acme')).err).toContain('No password was given.');
  });

  test('tenant:password lists the result of each tenant, and fails if one does', async () => {
    const { run, asRoot, acme, tenants } = await fleetWithAdmin(['Acme', 'Beta', 'Gamma']);
    await asRoot(
      `ALTER USER '${acme.user}'@'%' IDENTIFIED BY 'Another-1-pass'`,
      `DROP USER '${tenants[1]?.user}'@'%'`,
    );
    const { out, exitCode } = await run('tenant:password acme beta gamma --generate');
    expect(out).toContain('✅ acme has a new password, which its database accepts\n');
    expect(out).toMatch(
      /❌ beta: .* has no account '.*'@'%'\.\n {3}Error AccountMissing\n {3}Next: /,
    );
    expect(out).toContain('✅ gamma keeps its stored password, which works\n');
    expect(out).toContain('Done: 2 tenants. Failed: 1.\n');
    expect(exitCode).toBe(1);
  });
});
