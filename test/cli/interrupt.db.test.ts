import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { fleetAsleep, slowMigration } from './support/asleep.ts';
import { realFleet, writeMigrations } from './support/real-fleet.ts';
import { startCli } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

describe('Ctrl-C', () => {
  test.each(['SIGINT', 'SIGHUP'] as const)(
    'one %s finishes the tenant in progress, and the others can be retried',
    async (signal) => {
      const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], slowMigration(1));
      const cli = startCli(['migrate:all-tenants', '--concurrency', '1'], {
        cwd: fleet.folder,
        env: fleet.env,
      });
      await fleetAsleep(fleet);
      cli.child.kill(signal);
      const { stdout, stderr, exitCode } = await cli.ended;
      expect(stderr).toContain(
        'Interrupted: finishing what is in progress. Press Ctrl-C again to quit at once.\n',
      );
      expect(stdout).toContain('✅ Successful: 1\n❌ Failed: 0\n⏩ Skipped: 2\n');
      expect(stdout).toContain('🛑 The run was interrupted. Not started: 2 tenant(s).\n');
      expect(exitCode).toBe(130);

      await writeMigrations(fleet.folder, slowMigration(0));
      const retry = await fleet.run('migrate:retry last');
      expect(retry.stdout).toContain('✅ Successful: 2\n');
      expect(retry.exitCode).toBe(0);
    },
  );

  test('Ctrl-C twice quits at once, and the remaining tenants can be retried', async () => {
    const fleet = await realFleet(['Acme', 'Beta'], slowMigration(20));
    const cli = startCli(['migrate:all-tenants'], { cwd: fleet.folder, env: fleet.env });
    await fleetAsleep(fleet);
    const startedAt = performance.now();
    cli.child.kill('SIGINT');
    await delay(500);
    cli.child.kill('SIGTERM');
    const { stderr, exitCode } = await cli.ended;
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(stderr).toContain('Quit at once.');
    expect(exitCode).toBe(130);

    await writeMigrations(fleet.folder, slowMigration(0));
    const retry = await fleet.run('migrate:retry last');
    expect(retry.stdout).toContain('📋 Found 2 tenant(s) to retry\n');
    expect(retry.stdout).toContain('✅ Successful: 2\n');
    expect(retry.exitCode).toBe(0);
  });
});
