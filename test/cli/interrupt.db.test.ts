import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { type RealFleet, realFleet, writeMigrations } from './support/real-fleet.ts';
import { startCli } from './support/spawn-cli.ts';

// Every command line is a process of its own, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

function slow(seconds: number): Record<string, string> {
  return {
    '1_slow.js': `export async function up(knex) {
      await knex.raw('DO SLEEP(${seconds})');
      await knex.schema.createTable('slow', (table) => table.increments('id'));
    }`,
  };
}

/** Waits until a migration of the fleet is asleep in the server. */
async function asleep({ tenants }: RealFleet): Promise<void> {
  for (;;) {
    for (const tenant of tenants) {
      // A user sees sessions of its own only.
      const sessions = await tenant.query(
        "SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'",
      );
      if (sessions.length > 0) return;
    }
    await delay(20);
  }
}

describe('Ctrl-C', () => {
  test.each(['SIGINT', 'SIGHUP'] as const)(
    'once (%s) finishes the tenant that runs; the rest is there to retry',
    async (signal) => {
      const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], slow(1));
      const cli = startCli(['migrate:all-tenants', '--concurrency', '1'], {
        cwd: fleet.folder,
        env: fleet.env,
      });
      await asleep(fleet);
      cli.child.kill(signal);
      const { stdout, stderr, exitCode } = await cli.ended;
      expect(stderr).toContain('Interrupted: finishing what runs. Ctrl-C again leaves at once.\n');
      expect(stdout).toContain('✅ Successful: 1\n❌ Failed: 0\n⏩ Skipped: 2\n');
      expect(stdout).toContain('🛑 The run was interrupted. Not started: 2 tenant(s).\n');
      expect(exitCode).toBe(130);

      await writeMigrations(fleet.folder, slow(0));
      const retry = await fleet.run('migrate:retry last');
      expect(retry.stdout).toContain('✅ Successful: 2\n');
      expect(retry.exitCode).toBe(0);
    },
  );

  test('twice leaves at once, and what was left is retried', async () => {
    const fleet = await realFleet(['Acme', 'Beta'], slow(20));
    const cli = startCli(['migrate:all-tenants'], { cwd: fleet.folder, env: fleet.env });
    await asleep(fleet);
    const startedAt = performance.now();
    cli.child.kill('SIGINT');
    await delay(500);
    cli.child.kill('SIGTERM');
    const { stderr, exitCode } = await cli.ended;
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(stderr).toContain('Left at once.');
    expect(exitCode).toBe(130);

    await writeMigrations(fleet.folder, slow(0));
    const retry = await fleet.run('migrate:retry last');
    expect(retry.stdout).toContain('📋 Found 2 tenant(s) to do\n');
    expect(retry.stdout).toContain('✅ Successful: 2\n');
    expect(retry.exitCode).toBe(0);
  });
});
