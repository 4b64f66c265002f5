import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { PROCESS_LIST } from '../../src/adapters/mysql/connection/process-list.ts';
import { type RealFleet, realFleet } from './support/real-fleet.ts';
import { type CliProcess, runCliProcess, startCli } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const ADD_NOTES = {
  '20250101090000_create_notes.js':
    "export const up = (knex) => knex.schema.createTable('notes', (t) => { t.increments('id'); });\n" +
    "export const down = (knex) => knex.schema.dropTable('notes');\n",
};

/** A run whose second wave waits for an approval. */
async function waitingRun(more: readonly string[] = []) {
  const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], ADD_NOTES);
  const cli = startCli(
    ['migrate:all-tenants', '--canary', 'acme', '--approval', 'canary', ...more],
    { cwd: fleet.folder, env: fleet.env },
  );
  await printed(cli, 'waits for an approval');
  return { fleet, cli };
}

async function printed(cli: CliProcess, text: string): Promise<void> {
  while (!cli.stdout.includes(text)) {
    if (cli.child.exitCode !== null) throw new Error(`It ended:\n${cli.stdout}${cli.stderr}`);
    await delay(50);
  }
}

const decide = ({ folder, env }: RealFleet, ...argv: readonly string[]) =>
  runCliProcess(argv, { cwd: folder, env });

describe('a run that waits for an approval', () => {
  test('a run that waits continues when a second process approves it, and locks nothing meanwhile', async () => {
    const { fleet, cli } = await waitingRun();
    const runId = /fanfold approve (\S+) --why <reason>/.exec(cli.stdout)?.[1] ?? '';
    expect(cli.stdout).toContain('   Reject:  fanfold reject');
    for (const tenant of fleet.tenants) {
      const [held] = await tenant.query(
        `SELECT IS_USED_LOCK('fanfold:${tenant.database}') AS fence,
          (SELECT COUNT(*) FROM ${PROCESS_LIST}
            WHERE DB = '${tenant.database}' AND ID <> CONNECTION_ID()) AS sessions`,
      );
      expect(held).toEqual({ fence: null, sessions: 0 });
    }
    const approved = await decide(fleet, 'approve', 'last', '--why', 'the canary is fine');
    expect(approved.stdout).toBe(`✅ Wave 2 of run ${runId} is approved and begins.\n`);
    expect(approved.exitCode).toBe(0);
    const { stdout, exitCode } = await cli.ended;
    expect(stdout).toMatch(/👍 Wave 2 was approved by \S+@\S+: the\s+canary is fine\n🌊 Wave 2: 2/);
    expect(stdout).toContain('✅ Successful: 3\n');
    expect(exitCode).toBe(0);
    const file = join(fleet.folder, '.fanfold/runs', runId, 'rollout.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      decisions: [
        {
          wave: 2,
          verdict: 'approved',
          by: expect.stringContaining('@'),
          why: 'the canary is fine',
          at: expect.any(String),
        },
      ],
    });
    const late = await decide(fleet, 'approve', runId, '--why', 'once more');
    expect(late.stderr).toMatch(/^Error: Run \S+ does not wait for an approval: it has ended\./);
    expect(late.exitCode).toBe(2);
    const shown = await fleet.run(`runs show ${runId}`);
    expect(shown.stdout).toMatch(/Wave 2 was approved by .*the canary is fine/s);
  });

  test('a run that waits ends when a second process rejects it, and one command rolls it back', async () => {
    const { fleet, cli } = await waitingRun();
    const rejected = await decide(fleet, 'reject', 'last', '--why', 'checkout is slow');
    expect(rejected.stderr).toContain('Roll back what it did: fanfold migrate:rollback-run ');
    const twice = await decide(fleet, 'approve', 'last', '--why', 'no, it is fine');
    expect(twice.exitCode).toBe(2);
    const { stdout, exitCode } = await cli.ended;
    expect(stdout).toContain('✅ Successful: 1\n❌ Failed: 0\n⏩ Skipped: 2\n');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /🛑 Wave 2 was rejected by \S+: checkout is slow\. Not started: 2 tenant\(s\)\./,
    );
    const rollBack = /Roll back with: fanfold (.*)/.exec(stdout)?.[1] ?? '';
    expect(exitCode).toBe(1);
    const { stdout: rolledBack } = await fleet.run(`${rollBack} --allow-empty --yes`);
    expect(rolledBack).toMatch(/✅ Acme: Rolled back 1 migrations?/);
    expect(await fleet.tenants[0]?.query("SHOW TABLES LIKE 'notes'")).toEqual([]);
  });

  test('a run that was killed cannot be approved, and its retry asks again', async () => {
    const { fleet, cli } = await waitingRun();
    cli.child.kill('SIGKILL');
    await cli.ended;
    const runId = /fanfold approve (\S+)/.exec(cli.stdout)?.[1] ?? '';
    const file = join(fleet.folder, '.fanfold/runs', runId, 'rollout.json');
    const { held } = JSON.parse(await readFile(file, 'utf8'));
    const seenAt = new Date(Date.parse(held.seenAt) - 120_000).toISOString();
    await writeFile(file, JSON.stringify({ held: { ...held, seenAt }, decisions: [] }));
    const late = await decide(fleet, 'approve', runId, '--why', 'too late');
    expect(late.stderr.replace(/\s+/g, ' ')).toContain('it was killed while wave 2 waited');
    expect(late.exitCode).toBe(2);
    const retry = startCli(['migrate:retry', runId], { cwd: fleet.folder, env: fleet.env });
    await printed(retry, 'Wave 1 waits for an approval');
    await decide(fleet, 'approve', 'last', '--why', 'now it is fine');
    const { stdout, exitCode } = await retry.ended;
    expect(stdout).toContain('✅ Successful: 2\n');
    expect(exitCode).toBe(0);
  });
});

describe('a run that watches', () => {
  test('a run stops by itself when the command of --watch fails, and prints the way back', async () => {
    const fleet = await realFleet(['Acme', 'Beta'], ADD_NOTES);
    const { stdout, exitCode } = await runCliProcess(
      ['migrate:all-tenants', '--canary', 'acme', '--bake', '1s', '--watch', 'echo 5xx; exit 1'],
      { cwd: fleet.folder, env: fleet.env },
    );
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '🛑 The command of --watch ended with exit code 1: 5xx. The other waves were not started. Not started: 1 tenant(s).',
    );
    expect(stdout).toContain('Roll back with: fanfold migrate:rollback-run ');
    expect(exitCode).toBe(1);
  });
});
