import { describe, expect, test, vi } from 'vitest';
import { realFleet, writeMigrations } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 180_000 });

function creates(table: string, down = `await knex.schema.dropTable('${table}');`): string {
  return `
    export async function up(knex) {
      await knex.schema.createTable('${table}', (table) => { table.increments('id'); });
    }
    export async function down(knex) {
      ${down}
    }`;
}

const USERS = { '20260101000000_create_users.js': creates('users') };
const TASKS = { '20260102000000_create_tasks.js': creates('tasks') };

describe('a fleet that is rolled back', () => {
  test('migrate:rollback-run rolls back only the migrations of the run, in its tenants', async () => {
    const fleet = await realFleet(['Acme', 'Beta', 'Fresh'], USERS);
    const [acme, beta, fresh] = fleet.tenants;
    await fleet.run('migrate:tenant acme beta');
    await writeMigrations(fleet.folder, TASKS);
    const migrated = await fleet.run('migrate:tenant acme fresh');
    const [, runId] = /^Run (\S+) took/m.exec(migrated.stderr) ?? [];
    await fleet.run('migrate:tenant beta');

    const plan = await fleet.run(`migrate:plan --rollback ${runId}`);
    expect(plan.stdout).toMatch(/^📝 Acme \(.*\): Would roll back 1 migrations:\n- .*tasks\.js$/m);
    // All of what a new tenant has is of that run: it would be empty.
    expect(plan.stdout).toContain('Error RollbackWouldEmpty');

    const { stdout, exitCode } = await fleet.run(`migrate:rollback-run ${runId} --yes`);
    expect(stdout).toContain(
      '✅ Acme: Rolled back 1 migrations:\n- 20260102000000_create_tasks.js\n',
    );
    expect(stdout).toMatch(/^❌ Fresh: Rollback failed: Nothing was rolled back: these are all 2/m);
    expect(stdout).toContain('📊 Rollback Summary');
    expect(exitCode).toBe(1);
    expect(await acme?.query("SHOW TABLES LIKE 'tasks'")).toHaveLength(0);
    expect(await acme?.query("SHOW TABLES LIKE 'users'")).toHaveLength(1);
    expect(await beta?.query("SHOW TABLES LIKE 'tasks'")).toHaveLength(1);
    expect(await fresh?.query("SHOW TABLES LIKE 'users'")).toHaveLength(1);

    const list = await fleet.run('tenant:list --json');
    const rows = list.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const reached = new Map(rows.map(({ slug, schemaVersion }) => [slug, schemaVersion]));
    expect(reached.get('acme')).toBeNull();
    expect(reached.get('beta')).not.toBeNull();

    const status = await fleet.run('migrate:status');
    expect(status.stdout).toMatch(/^20260101000000_create_users +1 +1$/m);
    const again = await fleet.run('migrate:all-tenants');
    expect(again.exitCode).toBe(0);
    expect(await acme?.query("SHOW TABLES LIKE 'tasks'")).toHaveLength(1);
  });

  test('a rollback that fails in one tenant is completed by a retry', async () => {
    const broken = creates('tasks', "await knex.schema.dropTable('nothing');");
    const name = '20260102000000_create_tasks.js';
    const fleet = await realFleet(['Acme', 'Beta'], { ...USERS, [name]: broken });
    await fleet.run('migrate:all-tenants');
    const first = await fleet.run('migrate:rollback-tenants all --steps 1 --yes');
    expect(first.exitCode).toBe(1);
    expect(first.stdout).toContain('2 failed, 1 cause:');
    const [, runId] = /Retry with: fanfold migrate:retry (\S+)\n$/.exec(first.stdout) ?? [];

    await writeMigrations(fleet.folder, TASKS);
    const retry = await fleet.run(`migrate:retry ${runId}`);
    expect(retry.stdout).toContain('✅ Acme: Rolled back 1 migrations:');
    expect(retry.stdout).toContain('🎉 Rollback completed successfully!');
    expect(retry.exitCode).toBe(0);
    for (const tenant of fleet.tenants) {
      expect(await tenant.query("SHOW TABLES LIKE 'tasks'")).toHaveLength(0);
      expect(await tenant.query("SHOW TABLES LIKE 'users'")).toHaveLength(1);
    }
    const report = await fleet.run(`migrate:rollback-run ${runId} --yes`);
    expect(report.stderr).toContain('was a rollback itself');
    expect(report.exitCode).toBe(2);
  });
});
