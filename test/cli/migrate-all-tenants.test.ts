import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { type FakeTenant, failed, fakeFleet, unchanged } from './support/fake-fleet.ts';
import { type FakeHost, type FakeHostOptions, fakeHost } from './support/fake-host.ts';

/** The guide's "Expected output", its dots written out. */
const GUIDE = `\
🚀 Starting migration for all tenants...
📋 Found 5 active tenant(s)
🔄 Migrating tenant: Acme Corp (acme_corp_db)
✅ Acme Corp: Ran 1 migrations:
- 20250127120000_add_priority_to_tasks.js
🔄 Migrating tenant: TechStart (techstart_db)
✅ TechStart: Ran 1 migrations:
- 20250127120000_add_priority_to_tasks.js
🔄 Migrating tenant: Globex (globex_db)
✅ Globex: Ran 1 migrations:
- 20250127120000_add_priority_to_tasks.js
🔄 Migrating tenant: Initech (initech_db)
✅ Initech: Ran 1 migrations:
- 20250127120000_add_priority_to_tasks.js
🔄 Migrating tenant: Umbrella (umbrella_db)
✅ Umbrella: Ran 1 migrations:
- 20250127120000_add_priority_to_tasks.js
============================================================
📊 Migration Summary
============================================================
✅ Successful: 5
❌ Failed: 0
🎉 All tenant migrations completed successfully!
`;

const FIVE: FakeTenant[] = [
  { slug: 'acme-corp', name: 'Acme Corp', database: 'acme_corp_db' },
  { slug: 'techstart', name: 'TechStart' },
  { slug: 'globex', name: 'Globex' },
  { slug: 'initech', name: 'Initech' },
  { slug: 'umbrella', name: 'Umbrella' },
];

async function run(
  argv: string,
  tenants: readonly FakeTenant[],
  options: FakeHostOptions = {},
): Promise<{ host: FakeHost; exitCode: number; attempts: readonly string[] }> {
  const host = fakeHost(options);
  const { wiring, attempts } = await fakeFleet(tenants);
  const exitCode = await runCli(argv.split(' '), host, () => wiring);
  return { host, exitCode, attempts };
}

function many(count: number, attempt: FakeTenant['attempt']): FakeTenant[] {
  return Array.from({ length: count }, (_, index) => ({
    slug: `t${String(index).padStart(3, '0')}`,
    ...(attempt === undefined ? {} : { attempt }),
  }));
}

describe('migrate:all-tenants', () => {
  test('migrate:all-tenants prints the output of the guide, and nothing else', async () => {
    const { host, exitCode } = await run('migrate:all-tenants', FIVE);
    expect(host.out).toBe(GUIDE);
    expect(host.err).toMatch(/^Run run-1 took \d+\.\d s\.\nReport: .*run-1\/report\.html\n$/);
    expect(exitCode).toBe(0);
  });

  test('migrate:all-tenants prints waves in between if there are any', async () => {
    const { host } = await run('migrate:all-tenants --canary techstart --waves 50', FIVE);
    const waves = host.out.split('\n').filter((line) => line.startsWith('🌊'));
    expect(waves).toEqual([
      '🌊 Wave 1: 1 tenant(s) (canary)',
      '🌊 Wave 2: 3 tenant(s)',
      '🌊 Wave 3: 1 tenant(s)',
    ]);
  });

  test('migrate:all-tenants reports a tenant that is up to date', async () => {
    const { host } = await run('migrate:all-tenants', [{ slug: 'acme', attempt: () => unchanged }]);
    expect(host.out).toContain(
      '🔄 Migrating tenant: acme (acme_db)\n✅ acme: Already up to date\n=====',
    );
  });

  test('migrate:all-tenants explains failures, groups them by cause and names the retry command', async () => {
    const { host, exitCode } = await run('migrate:all-tenants --run-store /tmp/a/runs', [
      { slug: 'beta', name: 'Beta', attempt: () => failed() },
      { slug: 'acme', name: 'Acme', attempt: () => failed() },
      { slug: 'gamma' },
    ]);
    expect(host.out).toBe(`\
🚀 Starting migration for all tenants...
📋 Found 3 active tenant(s)
🔄 Migrating tenant: Beta (beta_db)
❌ Beta: Migration failed: Table 'tasks' already exists
   In 20250127120000_add_priority_to_tasks, statement 1: create table \`tasks\` (\`id\` int)
   Error TableExists (errno 1050, SQLSTATE 42S01)
   Next: Look why the table is there.
🔄 Migrating tenant: Acme (acme_db)
❌ Acme: Migration failed: Table 'tasks' already exists
🔄 Migrating tenant: gamma (gamma_db)
✅ gamma: Ran 1 migrations:
- 20250127120000_add_priority_to_tasks.js
============================================================
📊 Migration Summary
============================================================
✅ Successful: 1
❌ Failed: 2

2 failed, 1 cause:

1. 2 tenants: Table 'tasks' already exists
   In 20250127120000_add_priority_to_tasks, statement 1: create table \`tasks\` (\`id\` int)
   Error TableExists (errno 1050, SQLSTATE 42S01)
   Tenants: acme, beta
   Next: Look why the table is there.

Retry with: fanfold migrate:retry run-1 --run-store /tmp/a/runs
`);
    expect(exitCode).toBe(1);
  });

  test('migrate:all-tenants names ten tenants of a cause and counts the rest', async () => {
    const { host } = await run(
      'migrate:all-tenants',
      many(412, () => failed()),
    );
    expect(host.out).toContain(
      'Tenants: t000, t001, t002, t003, t004, t005, t006, t007, t008, t009 … and 402 more: fanfold runs show run-1 --cause 1\n',
    );
    expect(host.out).toContain('412 failed, 1 cause:\n');
  });

  test('migrate:all-tenants prints only changes and failures of more than 50 tenants', async () => {
    const fleet = [...many(50, () => unchanged), ...FIVE];
    const { host } = await run('migrate:all-tenants', fleet, { columns: 80 });
    expect(host.out).not.toContain('Already up to date');
    expect(host.out).toContain('✅ TechStart: Ran 1 migrations:');
    const { host: log } = await run('migrate:all-tenants', fleet);
    expect(log.out).not.toContain('TechStart');
    const { host: verbose } = await run('migrate:all-tenants --verbose', fleet);
    expect(verbose.out.match(/Already up to date/g)).toHaveLength(50);
  });

  test('migrate:all-tenants reports that no tenant is active', async () => {
    const { host, exitCode } = await run('migrate:all-tenants', [
      { slug: 'acme', status: 'SUSPENDED' },
    ]);
    expect(host.out).toBe(`\
🚀 Starting migration for all tenants...
📋 Found 0 active tenant(s)
Nothing to migrate: no tenant is ACTIVE. Add one with: fanfold tenant:add --help
`);
    expect(exitCode).toBe(0);
  });

  test('migrate:all-tenants stops after a canary that fails', async () => {
    const [acme, ...others] = FIVE;
    const fleet = [{ ...acme, slug: 'acme-corp', attempt: () => failed() }, ...others];
    const { host, exitCode, attempts } = await run('migrate:all-tenants --canary acme-corp', fleet);
    expect(attempts).toEqual(['acme-corp']);
    expect(host.out).toContain('⏩ Skipped: 4\n');
    expect(host.out).toMatch(
      /🛑 The canary tenant failed, so the other waves were not started\. Not started: 4 tenant\(s\)\.\n\nRetry with/,
    );
    expect(exitCode).toBe(1);
  });

  test('migrate:all-tenants prints notes on standard error', async () => {
    const note = { code: 'ahead', message: 'The database is ahead.' };
    const noted = () => ({ ...unchanged, notes: [note] }) as const;
    const { host } = await run('migrate:all-tenants', [{ slug: 'acme', attempt: noted }]);
    expect(host.out).not.toContain('ahead');
    expect(host.err).toContain('Note: acme: The database is ahead.\n');
    const { host: large } = await run('migrate:all-tenants', many(51, noted));
    expect(large.err).toContain('Note: ahead: 51 tenants (--verbose lists them)\n');
  });

  test('migrate:all-tenants continues after a rejected promise that a migration did not await', async () => {
    const host = fakeHost();
    const { wiring } = await fakeFleet([
      {
        slug: 'acme',
        attempt: () => {
          host.reject(new Error('lost \u001b[31m'));
          return unchanged;
        },
      },
    ]);
    expect(await runCli(['migrate:all-tenants'], host, () => wiring)).toBe(0);
    expect(host.err).toMatch(
      /Note: a rejected promise was not awaited; a migration may lack an await: lost \\x1b\[31m\n/,
    );
  });
});

describe('--json', () => {
  test('--json prints one event per line and nothing else', async () => {
    const { host, exitCode } = await run('migrate:all-tenants --json', FIVE.slice(0, 2));
    const events = host.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual([
      'run-started',
      'wave-started',
      'tenant-started',
      'tenant-started',
      'tenant-finished',
      'tenant-finished',
      'run-finished',
    ]);
    expect(events.at(-1)).toMatchObject({ runId: 'run-1', summary: { total: 2 } });
    expect(host.err).toBe('');
    expect(exitCode).toBe(0);
  });

  test('--json exits with 1 if a tenant failed', async () => {
    const { exitCode } = await run('migrate:all-tenants --json', [
      { slug: 'acme', attempt: () => failed() },
    ]);
    expect(exitCode).toBe(1);
  });
});

describe('Ctrl-C', () => {
  /** Three tenants one after the other; the first one gets the signals. */
  async function interrupted(signals: (host: FakeHost) => void | Promise<void>) {
    const host = fakeHost();
    const attempt = async () => {
      await signals(host);
      return unchanged;
    };
    const { wiring, attempts } = await fakeFleet([
      { slug: 'acme', attempt },
      { slug: 'beta' },
      { slug: 'gamma' },
    ]);
    const argv = ['migrate:all-tenants', '--concurrency', '1'];
    return { host, attempts, exitCode: await runCli(argv, host, () => wiring) };
  }

  test('one Ctrl-C finishes tenants in progress, reports them and ends with 130', async () => {
    const { host, attempts, exitCode } = await interrupted((at) => at.signal('SIGINT'));
    expect(attempts).toEqual(['acme']);
    expect(host.err).toContain(
      'Interrupted: finishing what is in progress. Press Ctrl-C again to quit at once.\n',
    );
    expect(host.out).toContain('✅ acme: Already up to date\n');
    expect(host.out).toContain('⏩ Skipped: 2\n');
    expect(host.out).toMatch(
      /🛑 The run was interrupted\. Not started: 2 tenant\(s\)\.\n\nRetry with: fanfold migrate:retry run-1\n$/,
    );
    expect(exitCode).toBe(130);
    expect(host.left).toEqual([]);
  });

  test('a Ctrl-C that npm passes on a second time counts once', async () => {
    const { host } = await interrupted((at) => {
      at.signal('SIGINT');
      at.signal('SIGINT');
    });
    expect(host.left).toEqual([]);
  });

  test('Ctrl-C twice quits at once', async () => {
    const { host } = await interrupted(async (at) => {
      at.signal('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 350));
      at.signal('SIGTERM');
    });
    expect(host.left).toEqual([130]);
    expect(host.err).toContain('Quit at once.');
  });
});
