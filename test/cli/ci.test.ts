import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { type FakeTenant, failed, fakeFleet } from './support/fake-fleet.ts';
import { type FakeHostOptions, fakeHost } from './support/fake-host.ts';

const FLEET: FakeTenant[] = Array.from({ length: 60 }, (_, index) => ({
  slug: `t${String(index).padStart(2, '0')}`,
  ...(index % 20 === 0 && { attempt: () => failed() }),
}));

async function run(argv: string, options: FakeHostOptions = {}, tenants = FLEET) {
  const host = fakeHost(options);
  const { wiring } = await fakeFleet(tenants);
  const exitCode = await runCli(argv.split(' '), host, () => wiring);
  return { host, exitCode };
}

describe('in a log', () => {
  test('the log of a large fleet has a line per failure, and the summary', async () => {
    const { host } = await run('migrate:all-tenants --concurrency 1');
    const before = host.out.slice(0, host.out.indexOf('====')).trimEnd().split('\n');
    expect(before.slice(2)).toEqual([
      "❌ t00: Migration failed: Table 'tasks' already exists",
      "❌ t20: Migration failed: Table 'tasks' already exists",
      "❌ t40: Migration failed: Table 'tasks' already exists",
    ]);
    expect(host.out.split('\n').length).toBeLessThan(25);
    const { host: verbose } = await run('migrate:all-tenants --verbose');
    expect(verbose.out.split('\n').length).toBeGreaterThan(180);
  });

  test('a log gets the progress of a run once a minute', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const gate = Promise.withResolvers<void>();
      let started = 0;
      const tenants: FakeTenant[] = FLEET.map((tenant) => ({
        ...tenant,
        attempt: async () => {
          started += 1;
          await gate.promise;
          return { status: 'unchanged', notes: [] };
        },
      }));
      const host = fakeHost();
      const { wiring } = await fakeFleet(tenants);
      const running = runCli(['migrate:all-tenants'], host, () => wiring);
      await vi.waitUntil(() => started > 0, { timeout: 30_000 });
      vi.advanceTimersByTime(130_000);
      gate.resolve();
      await running;
      expect(host.err.match(/^⏳ 0 of 60 tenants done, 0 failed, \d running/gm)).toHaveLength(2);
      vi.advanceTimersByTime(600_000);
      expect(host.err.match(/^⏳/gm)).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('on GitHub Actions', () => {
  test('GitHub Actions gets the causes as annotations, and a job summary', async () => {
    const file = join(await fixtureFolder(), 'summary.md');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file };
    for (const command of ['migrate:all-tenants', 'migrate:all-tenants --json']) {
      const { host, exitCode } = await run(command, { env });
      expect(host.err).toMatch(/^::error title=3 tenants%3A TableExists::Table 'tasks' already/m);
      expect(host.out).not.toContain('::error');
      expect(exitCode).toBe(1);
    }
    const page = await readFile(file, 'utf8');
    expect(page.match(/^### Fanfold: 57 of 60 tenants up to date/gm)).toHaveLength(2);
  });

  test('GitHub Actions gets an error that ends a command as an annotation', async () => {
    const { host } = await run('migrate:tenant nobody', { env: { GITHUB_ACTIONS: 'true' } });
    expect(host.err).toMatch(/^::error title=fanfold::Error: .*nobody/m);
    expect((await run('migrate:tenant nobody')).host.err).not.toContain('::error');
  });

  test('a job summary that cannot be written is noted, and the command succeeds', async () => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/nowhere/summary.md' };
    const { host, exitCode } = await run('migrate:all-tenants', { env }, [{ slug: 'a' }]);
    expect(host.err).toContain('Note: the job summary could not be written (ENOENT).');
    expect(exitCode).toBe(0);
  });
});

describe('--junit', () => {
  test('--junit writes a complete report with a test case for each tenant', async () => {
    const folder = await fixtureFolder();
    const { host, exitCode } = await run(`migrate:all-tenants --json --junit ${folder}/junit.xml`);
    const xml = await readFile(join(folder, 'junit.xml'), 'utf8');
    expect(xml.match(/<testcase /g)).toHaveLength(60);
    expect(xml.match(/<failure type="TableExists"/g)).toHaveLength(3);
    expect(xml).toContain('tests="60" failures="3" errors="0" skipped="0"');
    expect(await readdir(folder)).toEqual(['junit.xml']);
    expect(host.out).not.toContain('<');
    expect(exitCode).toBe(1);
  });

  test('--junit marks tenants that a stopped run did not reach as skipped', async () => {
    const folder = await fixtureFolder();
    await run(
      `migrate:all-tenants --concurrency 1 --tolerated-failures 0 --junit ${folder}/junit.xml`,
    );
    const xml = await readFile(join(folder, 'junit.xml'), 'utf8');
    expect(xml.match(/<testcase /g)).toHaveLength(60);
    expect(xml.match(/<skipped /g)).toHaveLength(59);
    expect(xml).toContain('tests="60" failures="1" errors="0" skipped="59"');
  });

  test('a --junit file that cannot be written is refused before any tenant is touched', async () => {
    const host = fakeHost();
    const { wiring, attempts } = await fakeFleet(FLEET);
    const argv = ['migrate:all-tenants', '--junit', '/nowhere/junit.xml'];
    expect(await runCli(argv, host, () => wiring)).toBe(2);
    expect(host.err).toContain('The file "/nowhere/junit.xml" cannot be written: ENOENT.');
    expect(attempts).toEqual([]);
  });
});
