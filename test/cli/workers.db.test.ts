import { describe, expect, test, vi } from 'vitest';
import { installPacked, runInShell } from '../support/packed-project.ts';
import { fleetAsleep, slowMigration } from './support/asleep.ts';
import { realFleet } from './support/real-fleet.ts';
import { runCliProcess, startCli } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const NAMES = ['Acme', 'Beta', 'Gamma', 'Delta'];

/** The events that a run prints as JSON, without values that differ from run to run, in an order of its own. */
function eventsOf(stdout: string): string[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ type, outcome, summary }) =>
      JSON.stringify([type, outcome?.status, outcome?.tenant.slug, summary?.counts]),
    )
    .sort();
}

describe('threads', () => {
  test('a run with threads has the events, the outcomes and the records of one without', async () => {
    const files = {
      '1_first.js': `console.log('loaded');
        export const up = async (knex) => {
          console.log('a line of a migration');
          await knex.schema.createTable('first', (table) => table.increments('id'));
        };`,
    };
    const results = [];
    for (const flags of ['', ' --workers 2']) {
      const fleet = await realFleet(NAMES, files);
      const run = await fleet.run(`migrate:all-tenants --json --concurrency 2${flags}`);
      expect(run.exitCode).toBe(0);
      expect(run.stderr).toContain('a line of a migration');
      for (const tenant of fleet.tenants) {
        expect(await tenant.query('SELECT name FROM knex_migrations')).toEqual([
          { name: '1_first.js' },
        ]);
      }
      results.push(eventsOf(run.stdout));
    }
    expect(results[1]).toEqual(results[0]);
  });

  test('a thread that runs out of memory loses its attempts, and they are resumed by another', async () => {
    const fleet = await realFleet(NAMES, {
      '1_hungry.js': `export const up = async (knex) => {
        await knex.schema.createTable('first', (table) => table.increments('id'));
        if (await knex.schema.hasTable('hungry')) {
          const eaten = [];
          for (;;) eaten.push(new Array(100_000).fill(0.5));
        }
        await knex.schema.createTable('second', (table) => table.increments('id'));
      };`,
    });
    await fleet.tenants[1]?.query('CREATE TABLE hungry (id INT)');
    const env = { ...fleet.env, NODE_OPTIONS: '--max-old-space-size=160' };
    const argv = ['migrate:all-tenants', '--workers', '2', '--concurrency', '2'];
    const run = await runCliProcess(argv, { cwd: fleet.folder, env });
    expect(run.stdout).toContain('❌ Beta: ');
    expect(run.stdout).toContain('The thread that migrated this tenant');
    expect(run.stdout).toContain('✅ Successful: 3\n❌ Failed: 1\n');
    expect(run.exitCode).toBe(1);

    await fleet.tenants[1]?.query('DROP TABLE hungry');
    const retry = await fleet.run('migrate:retry last --workers 2');
    expect(retry.exitCode).toBe(0);
    for (const tenant of fleet.tenants) {
      const tables = await tenant.query("SHOW TABLES LIKE '%_d'");
      expect(tables).toHaveLength(1);
    }
  });

  test('Ctrl-C finishes what the threads have in progress, and starts nothing more', async () => {
    const fleet = await realFleet(NAMES, slowMigration(2));
    const argv = ['migrate:all-tenants', '--workers', '2', '--concurrency', '1'];
    const cli = startCli(argv, { cwd: fleet.folder, env: fleet.env });
    await fleetAsleep(fleet);
    cli.child.kill('SIGTERM');
    const { stdout, exitCode } = await cli.ended;
    expect(stdout).toContain('✅ Successful: 1\n❌ Failed: 0\n⏩ Skipped: 3\n');
    expect(exitCode).toBe(130);
  });

  test('a thread that cannot load the configuration ends the command before a tenant is touched', async () => {
    const fleet = await realFleet(NAMES, {
      '1_first.js': `import { isMainThread } from 'node:worker_threads';
        if (!isMainThread) throw new Error('not in a thread');
        export const up = (knex) => knex.schema.createTable('first', (table) => table.increments('id'));`,
    });
    const run = await fleet.run('migrate:all-tenants --workers 2');
    expect(run.stderr).toContain('A thread for attempts could not start');
    expect(run.stderr).toContain('not in a thread');
    expect(run.exitCode).not.toBe(0);
    expect(await fleet.tenants[0]?.query('SHOW TABLES')).toEqual([]);
  });
});

describe('threads of the installed package', () => {
  test('run the file that the project has linked, whose migrations are TypeScript', async () => {
    const fleet = await realFleet(NAMES, {
      '1_first.ts': `import { isMainThread } from 'node:worker_threads';
        import type { Knex } from 'knex';
        export const up = async (knex: Knex): Promise<void> => {
          if (isMainThread) throw new Error('not in a thread');
          await knex.schema.createTable('first', (table) => table.increments('id'));
        };`,
    });
    await installPacked(fleet.folder, ['typescript']);
    const command = 'npx fanfold migrate:all-tenants --workers 2';
    const { output, exitCode } = await runInShell(command, fleet.folder, fleet.env);
    expect(output).toContain('✅ Successful: 4\n');
    expect(exitCode).toBe(0);
  }, 240_000);
});
