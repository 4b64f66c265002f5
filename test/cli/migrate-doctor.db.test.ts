import { describe, expect, test, vi } from 'vitest';
import { realFleet } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const MIGRATIONS = {
  '20260101000000_create_tasks.js': `
    export const up = (knex) => knex.schema.createTable('tasks', (table) => { table.increments('id'); });
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

describe('migrate:doctor', () => {
  test('migrate:doctor finds a healthy fleet, then everything that somebody broke in it', async () => {
    const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], MIGRATIONS);
    await fleet.run('migrate:all-tenants');
    const well = await fleet.run('migrate:doctor all');
    expect(well.stdout).toContain('✅ Healthy: 3\n❌ With problems: 0\n');
    expect(well.stdout.match(/^❌ \w+:/gmu)).toBeNull();
    expect(well.exitCode).toBe(0);

    const [acme, beta, gamma] = fleet.tenants;
    await fleet.central.query("UPDATE tenants SET dbPort = 1 WHERE slug = 'acme'");
    await beta?.query(
      "INSERT INTO knex_migrations (name, batch) VALUES ('20250101000000_x.js', 1)",
    );
    await beta?.query("UPDATE fanfold_journal SET checksum = REPEAT('0', 64)");
    const holder = await gamma?.connection();
    await holder?.query('SELECT GET_LOCK(?, 0)', [`fanfold:${gamma?.database}`]);

    const { stdout, exitCode } = await fleet.run('migrate:doctor all');
    expect(stdout).toMatch(/^🩺 Acme .*\n❌ reachable: Nothing accepts connections at .*:1\.$/mu);
    expect(stdout).toMatch(/^⚠️ {2}migrations: The database has applied 1 migration\(s\) that /mu);
    expect(stdout).toMatch(/^❌ checksums: Changed since they were applied: 20260101000000_/mu);
    expect(stdout).toMatch(
      /^❌ fence: A migrator holds .* connection \d+ \(user .*\), idle for /mu,
    );
    expect(stdout).toContain('❌ With problems: 3\n');
    expect(exitCode).toBe(1);
    expect(stdout).not.toContain(acme?.password);
  });
});
