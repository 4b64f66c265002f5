import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Wiring } from '../../src/cli/wiring/create-wiring.ts';
import { type Check, ok } from '../../src/core/doctor/check.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import { type FakeTenant, failed, fakeFleet, unchanged } from './support/fake-fleet.ts';
import { type FakeHost, type FakeHostOptions, fakeHost } from './support/fake-host.ts';

/** Runs several command lines over one fleet and one run store. */
async function fleet(tenants: readonly FakeTenant[], overrides: Partial<Wiring> = {}) {
  const { wiring, attempts } = await fakeFleet(tenants);
  const run = async (
    argv: string | readonly string[],
    options: FakeHostOptions = {},
  ): Promise<{ host: FakeHost; exitCode: number }> => {
    const host = fakeHost(options);
    const words = typeof argv === 'string' ? argv.split(' ') : argv;
    const exitCode = await runCli(words, host, () => ({ ...wiring, ...overrides }));
    return { host, exitCode };
  };
  return { run, attempts };
}

describe('migrate:make', () => {
  test('migrate:make prints the path of the file and the next step', async () => {
    const { run } = await fleet([]);
    const { host, exitCode } = await run('migrate:make add_x_to_y --js --migrations db');
    expect(host.out).toBe('✅ Created db/1_add_x_to_y.js\n');
    expect(host.err).toContain('fanfold migrate:tenant <slug>');
    expect(exitCode).toBe(0);
  });
});

describe('migrate:tenant', () => {
  test('migrate:tenant prints one tenant in the form of the guide', async () => {
    const { run, attempts } = await fleet([{ slug: 'acme', name: 'Acme' }, { slug: 'beta' }]);
    const { host, exitCode } = await run('migrate:tenant acme');
    expect(host.out).toBe(`\
🚀 Starting migration for tenant: acme...
📋 Found 1 active tenant(s)
🔄 Migrating tenant: Acme (acme_db)
✅ Acme: Ran 1 migrations:
- 20250127120000_add_priority_to_tasks.js
============================================================
📊 Migration Summary
============================================================
✅ Successful: 1
❌ Failed: 0
🎉 Tenant migration completed successfully!
`);
    expect(attempts).toEqual(['acme']);
    expect(exitCode).toBe(0);
  });

  test('migrate:tenant explains the failure of one tenant once', async () => {
    const { run } = await fleet([{ slug: 'acme', attempt: () => failed() }]);
    const { host } = await run('migrate:tenant acme');
    expect(host.out.match(/Look why the table is there/g)).toHaveLength(1);
    expect(host.out).toMatch(/❌ Failed: 1\n\nRetry with: fanfold migrate:retry run-1\n$/);
  });

  test('migrate:tenant refuses a suspended tenant', async () => {
    const { run, attempts } = await fleet([{ slug: 'acme', status: 'SUSPENDED' }]);
    const { host, exitCode } = await run('migrate:tenant acme');
    expect(host.err).toContain('Tenant "acme" is SUSPENDED; only ACTIVE tenants are migrated.');
    expect(exitCode).toBe(2);
    expect(attempts).toEqual([]);
  });
});

describe('migrate:retry', () => {
  test('migrate:retry last migrates the tenants that failed in the last run, with its options', async () => {
    let broken = true;
    const { run, attempts } = await fleet([
      { slug: 'acme', attempt: () => (broken ? failed() : unchanged) },
      { slug: 'beta' },
    ]);
    expect((await run('migrate:all-tenants --concurrency 1')).exitCode).toBe(1);
    broken = false;
    const { host, exitCode } = await run('migrate:retry last');
    expect(host.out).toMatch(
      /^🚀 Retrying run run-1\.\.\.\n📋 Found 1 tenant\(s\) to retry\n🔄 Migrating tenant: acme/,
    );
    expect(host.out).toContain('🎉 All tenant migrations completed successfully!\n');
    expect(attempts).toEqual(['acme', 'beta', 'acme']);
    expect(exitCode).toBe(0);
  });

  test('migrate:retry without a run lists the newest runs', async () => {
    const { run } = await fleet([{ slug: 'acme', attempt: () => failed() }]);
    await run('migrate:all-tenants');
    await run('migrate:plan');
    const { host, exitCode } = await run('migrate:retry');
    expect(host.err).toMatch(
      /^Error: No run was named\. The newest runs that can be retried:\n {2}run-1 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}failed\n\nName one, or use "last": fanfold migrate:retry run-1\n$/,
    );
    expect(exitCode).toBe(2);
  });
});

describe('migrate:doctor', () => {
  const BUSY: Check = {
    name: 'fence',
    status: 'wrong',
    code: 'TenantBusy',
    message: 'Held by connection 42.',
    nextStep: 'Wait for it to end.',
  };
  const AHEAD: Check = { ...BUSY, name: 'migrations', status: 'note', code: 'ahead' };

  test('migrate:doctor has a line for each check of one tenant, and migrates nothing', async () => {
    const { run, attempts } = await fleet([
      { slug: 'acme', name: 'Acme', checks: [ok('reachable', 'db:3306 as acme'), BUSY] },
      { slug: 'beta' },
    ]);
    const { host, exitCode } = await run('migrate:doctor acme');
    expect(host.out).toBe(`\
📋 Found 1 tenant(s) to check
🩺 Acme (acme_db)
✅ reachable: db:3306 as acme
❌ fence: Held by connection 42.
   Next: Wait for it to end.
`);
    expect(exitCode).toBe(1);
    expect(attempts).toEqual([]);
  });

  test('migrate:doctor exits with 0 if there are only notes', async () => {
    const { run } = await fleet([{ slug: 'acme', status: 'SUSPENDED', checks: [AHEAD] }]);
    const { host, exitCode } = await run('migrate:doctor acme');
    expect(host.out).toContain('⚠️  migrations: Held by connection 42.\n');
    expect(exitCode).toBe(0);
  });

  test('migrate:doctor groups the problems of a large fleet by cause, and names only tenants with problems', async () => {
    const tenants = Array.from({ length: 60 }, (_, index) => ({
      slug: `t${String(index).padStart(2, '0')}`,
      checks: index % 20 === 0 ? [ok('reachable', 'db'), BUSY, AHEAD] : [ok('reachable', 'db')],
    }));
    const { run } = await fleet(tenants);
    const { host, exitCode } = await run('migrate:doctor all --concurrency 1');
    expect(host.out).toBe(`\
📋 Found 60 tenant(s) to check
❌ t00: fence: Held by connection 42.
❌ t20: fence: Held by connection 42.
❌ t40: fence: Held by connection 42.
============================================================
📊 Health
============================================================
✅ Healthy: 57
❌ With problems: 3
⚠️  Notes: ahead (3)

1 cause:

1. 3 tenants: Held by connection 42.
   Error TenantBusy
   Tenants: t00, t20, t40
   Next: Wait for it to end.
`);
    expect(exitCode).toBe(1);
    const verbose = await run('migrate:doctor all --verbose');
    expect(verbose.host.out.match(/^🩺/gmu)).toHaveLength(60);
  });

  test('migrate:doctor --json prints one event per line', async () => {
    const { run } = await fleet([{ slug: 'acme', checks: [BUSY] }, { slug: 'beta' }]);
    const { host } = await run('migrate:doctor all --json');
    const events = host.out.trimEnd().split('\n');
    expect(events.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'tenant-examined', status: 'unwell', checks: [BUSY] },
      { type: 'tenant-examined', status: 'well' },
      { type: 'fleet-examined', total: 2, well: 1, unwell: 1 },
    ]);
  });

  test('migrate:doctor refuses --hosts together with named tenants', async () => {
    const { run } = await fleet([{ slug: 'acme' }]);
    const { host, exitCode } = await run('migrate:doctor acme --hosts db1');
    expect(host.err).toContain('--hosts can only be used with "all".');
    expect(exitCode).toBe(2);
  });
});

describe('migrate:plan', () => {
  test('migrate:plan says that the plan for a tenant failed, not its migration', async () => {
    const { run } = await fleet([{ slug: 'acme', attempt: () => failed() }, { slug: 'beta' }]);
    const { host, exitCode } = await run('migrate:plan');
    expect(host.out).toMatch(/^❌ acme: Plan failed: /m);
    expect(host.out).not.toMatch(/Migrating tenant|Migration failed/);
    expect(exitCode).toBe(1);
  });

  test('migrate:plan shows pending migrations, and that nothing was changed', async () => {
    const { run } = await fleet([
      { slug: 'acme', name: 'Acme' },
      { slug: 'beta', attempt: () => ({ status: 'planned', pending: [], notes: [] }) },
    ]);
    const { host, exitCode } = await run('migrate:plan');
    expect(host.out).toBe(`\
🔎 Planning migrations, nothing is changed...
📋 Found 2 active tenant(s)
📝 Acme (acme_db): Would run 1 migrations:
- 20250127120000_add_priority_to_tasks.js
✅ beta (beta_db): Already up to date
============================================================
📊 Migration Plan
============================================================
📝 Would run migrations: 1
✅ Already up to date: 1
❌ Failed: 0
Nothing was changed.
`);
    expect(exitCode).toBe(0);
  });

  const MORE = '20250301090000_add_more.js';
  const TASKS = '20250127120000_add_priority_to_tasks.js';

  /** Forty tenants that lack one migration, twelve that lack two, and two that are up to date. */
  const mixed = Array.from({ length: 54 }, (_, index): FakeTenant => {
    const pending = index < 40 ? [TASKS] : index < 52 ? [TASKS, MORE] : [];
    return {
      slug: `t${String(index).padStart(2, '0')}`,
      attempt: () => ({ status: 'planned', pending, notes: [] }),
    };
  });

  test('migrate:plan groups a larger fleet by pending migrations, and names the tenants of exceptions', async () => {
    const { run } = await fleet(mixed);
    const { host } = await run('migrate:plan');
    expect(host.out).toBe(`\
🔎 Planning migrations, nothing is changed...
📋 Found 54 active tenant(s)
============================================================
📊 Migration Plan
============================================================
📝 Would run migrations: 52
✅ Already up to date: 2
❌ Failed: 0

40 tenants would run 1 migration:
- 20250127120000_add_priority_to_tasks

12 tenants would run 2 migrations:
- 20250127120000_add_priority_to_tasks
- 20250301090000_add_more
  Tenants: t40, t41, t42, t43, t44, t45, t46, t47, t48, t49 … and 2 more (\`fanfold migrate:plan --verbose\`)

Nothing was changed.
`);
    const { host: verbose } = await run('migrate:plan --verbose');
    expect(verbose.out.match(/: Would run \d migrations:/g)).toHaveLength(52);
    expect(verbose.out).toContain('40 tenants would run 1 migration:');
  });

  test('migrate:plan --json has the groups in its last line', async () => {
    const { run } = await fleet(mixed);
    const { host } = await run('migrate:plan --json');
    const last = JSON.parse(host.out.trimEnd().split('\n').at(-1) ?? '');
    expect(last.summary.plan).toMatchObject({
      tenants: 52,
      upToDate: 2,
      otherTenants: 0,
      groups: [
        { migrations: ['20250127120000_add_priority_to_tasks'], count: 40 },
        { count: 12, migrations: [expect.any(String), '20250301090000_add_more'] },
      ],
    });
  });

  test('migrate:plan accepts names of tenants', async () => {
    const { run, attempts } = await fleet([{ slug: 'a' }, { slug: 'b' }, { slug: 'c' }]);
    await run('migrate:plan c a --concurrency 1');
    expect(attempts).toEqual(['c', 'a']);
  });
});

describe('migrate:status', () => {
  const tenants: FakeTenant[] = [
    { slug: 'acme', attempt: () => ({ status: 'planned', pending: [], notes: [] }) },
    { slug: 'beta' },
    { slug: 'gamma', attempt: () => failed('Access denied') },
  ];

  test.each([
    [tenants, 1, 'Check failed: 1 tenant behind, 1 tenant could not be read.\n'],
    [tenants.slice(1, 2), 1, 'Check failed: 1 tenant behind.\n'],
    [tenants.slice(2), 1, 'Check failed: 1 tenant could not be read.\n'],
    [tenants.slice(0, 1), 0, ''],
    [[], 0, ''],
  ])(
    'migrate:status --check exits by the state of the fleet: case %#',
    async (some, code, said) => {
      const { run } = await fleet(some);
      for (const command of ['migrate:status --check', 'migrate:status --check --json']) {
        const { host, exitCode } = await run(command);
        expect(exitCode).toBe(code);
        expect(host.err.replace(/^Next: .*\n/m, '')).toBe(said);
      }
      expect((await run('migrate:status')).exitCode).toBe(0);
    },
  );

  test('migrate:status shows the fleet table, tenants that are behind, and tenants that cannot be read', async () => {
    const { run } = await fleet(tenants);
    const { host, exitCode } = await run('migrate:status');
    expect(host.out).toBe(`\
📋 Found 3 active tenant(s), 2 migrations
============================================================
📊 Fleet Status
============================================================
Newest applied migration                Pending    Tenants
20250127120000_add_priority_to_tasks          0          1
20250101090000_create_users                   1          1
✅ Up to date: 1
⏳ Behind: 1
- beta: 1 pending, at 20250101090000_create_users
❌ Cannot be read: 1

1. 1 tenant: Access denied
   In 20250127120000_add_priority_to_tasks, statement 1: create table \`tasks\` (\`id\` int)
   Error TableExists (errno 1050, SQLSTATE 42S01)
   Tenants: gamma
   Next: Look why the table is there.
`);
    expect(exitCode).toBe(0);
  });

  test('migrate:status --verbose lists each tenant', async () => {
    const { run } = await fleet(tenants);
    const { host } = await run('migrate:status --verbose --concurrency 1');
    expect(host.out).toContain(`
✅ acme (acme_db): Already up to date
⏳ beta (beta_db): at 20250101090000_create_users, 1 pending
❌ gamma (gamma_db): Access denied
`);
  });

  test('migrate:status --json prints one object per line', async () => {
    const { run } = await fleet(tenants);
    const { host } = await run('migrate:status --json');
    const lines = host.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual([
      'tenant-status',
      'tenant-status',
      'tenant-status',
      'fleet-status',
    ]);
    expect(lines.at(-1)).toMatchObject({ total: 3, upToDate: 1, behind: 1 });
  });
});

describe('the central database', () => {
  test('migrate:latest lists the migrations that ran', async () => {
    const { run } = await fleet([]);
    const { host, exitCode } = await run('migrate:latest');
    expect(host.out).toBe(`\
🚀 Migrating the central database...
✅ Ran 1 migrations:
- 20261101090000_create_tenants
`);
    expect(exitCode).toBe(0);
  });

  test('migrate:rollback reports that there is nothing to roll back', async () => {
    const { run } = await fleet([]);
    const { host } = await run('migrate:rollback');
    expect(host.out).toBe('⏪ Rolling back the central database...\n✅ Nothing to roll back\n');
  });

  test('an unreachable central database ends the command with 3, the problem and the next step', async () => {
    const down = new FanfoldError('CentralDatabaseUnreachable', 'It cannot be reached.', {
      fault: 'configuration',
      retryable: true,
      nextStep: 'Check that it runs.',
    });
    const { run } = await fleet([], { usingCentral: () => Promise.reject(down) });
    for (const argv of ['migrate:all-tenants', 'migrate:status', 'tenant:list']) {
      const { host, exitCode } = await run(argv);
      expect(host.err).toBe('Error: It cannot be reached.\n\nCheck that it runs.\n');
      expect(exitCode).toBe(3);
    }
  });
});

describe('errors that are found before any tenant is touched', () => {
  test('invalid migrations end the command with 3', async () => {
    const invalid = new FanfoldError('MigrationInvalid', 'a.ts is empty.', {
      fault: 'migration',
      nextStep: 'Write its up function.',
    });
    const { run, attempts } = await fleet([{ slug: 'acme' }], {
      loadBundle: () => Promise.reject(invalid),
    });
    const { host, exitCode } = await run('migrate:all-tenants');
    expect(host.err).toBe('Error: a.ts is empty.\n\nWrite its up function.\n');
    expect(host.out).toBe('');
    expect(exitCode).toBe(3);
    expect(attempts).toEqual([]);
  });

  test('a bug of ours asks for a report and ends with 70', async () => {
    const { run } = await fleet([], {
      loadBundle: () => Promise.reject(new TypeError('x is not a function')),
    });
    const { host, exitCode } = await run('migrate:all-tenants');
    expect(host.err).toMatch(
      /^Error: TypeError: x is not a function\n\nThis is a bug in Fanfold\./,
    );
    expect(host.err).not.toContain('commands.test.ts');
    expect(exitCode).toBe(70);
    const { host: debug } = await run('migrate:all-tenants', { env: { FANFOLD_DEBUG: '1' } });
    expect(debug.err).toContain('commands.test.ts');
  });
});

describe('tenant:list', () => {
  const tenants: FakeTenant[] = [{ slug: 'acme' }, { slug: 'beta\u001b[2J', status: 'SUSPENDED' }];

  test('tenant:list separates columns by tabs without a terminal', async () => {
    const { run } = await fleet(tenants);
    const { host } = await run('tenant:list');
    expect(host.out).toBe(
      'SLUG\tSTATUS\tDATABASE\tSERVER\n' +
        'acme\tACTIVE\tacme_db\t127.0.0.1:3306\n' +
        'beta\\x1b[2J\tSUSPENDED\tbeta\\x1b[2J_db\t127.0.0.1:3306\n',
    );
  });

  test('tenant:list fits into a terminal', async () => {
    const { run } = await fleet([
      ...tenants,
      { slug: 'x'.repeat(64), database: '東京'.repeat(30) },
    ]);
    const { host } = await run('tenant:list', { columns: 80 });
    const lines = host.out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
  });

  test('tenant:list filters, and reports if no tenant matches', async () => {
    const { run } = await fleet(tenants);
    expect((await run('tenant:list --status active')).host.out).not.toContain('SUSPENDED');
    const { host } = await run('tenant:list --status FAILED');
    expect(host.out).toBe('');
    expect(host.err).toBe('No tenant matches.\n');
  });

  test('tenant:list --json contains no password', async () => {
    const { run } = await fleet(tenants);
    const { host } = await run('tenant:list --json');
    expect(JSON.parse(host.out.split('\n')[0] ?? '')).toMatchObject({
      slug: 'acme',
      address: { host: '127.0.0.1', port: 3306 },
    });
    expect(host.out).not.toContain('ciphertext');
  });
});

describe('tenant:status', () => {
  test('tenant:status prints the new and the old status', async () => {
    const { run } = await fleet([{ slug: 'acme' }]);
    expect((await run('tenant:status acme suspended')).host.out).toBe(
      '✅ acme is SUSPENDED now, and was ACTIVE\n',
    );
    expect((await run('tenant:status acme ACTIVE')).host.out).toBe('✅ acme is already ACTIVE\n');
  });

  test('tenant:status refuses an unknown tenant', async () => {
    const { run } = await fleet([]);
    const { host, exitCode } = await run('tenant:status nosuch ACTIVE');
    expect(host.err).toContain('nosuch');
    expect(exitCode).toBe(2);
  });
});

describe('tenant:add', () => {
  const argv = 'tenant:add --slug acme --host db1 --database acme_db --user acme';

  test('tenant:add reads the password from standard input', async () => {
    const { run } = await fleet([]);
    const { host, exitCode } = await run(`${argv} --password-stdin`, { stdin: 'geheim\n' });
    expect(host.out).toMatch(/^✅ Added acme \(ACTIVE\), id \S+\n$/);
    expect(host.out + host.err).not.toContain('geheim');
    expect(exitCode).toBe(0);
  });

  test('tenant:add reads the password from the environment', async () => {
    const { run } = await fleet([]);
    const env = { FANFOLD_TENANT_PASSWORD: 'geheim' };
    expect((await run(`${argv} --status provisioning`, { env })).host.out).toContain(
      'PROVISIONING',
    );
  });

  test('tenant:add requires a password', async () => {
    const { run } = await fleet([]);
    const { host, exitCode } = await run(argv);
    expect(host.err).toContain('--password-stdin');
    expect(exitCode).toBe(2);
  });

  test('tenant:add checks everything else before it asks for a password', async () => {
    const { run } = await fleet([]);
    const { host, exitCode } = await run([...argv.split(' '), '--name', 'a\u001b[31m']);
    expect(host.err).toMatch(/^Error: The name of a tenant cannot be/);
    expect(exitCode).toBe(2);
  });
});

describe('secrets:encrypt', () => {
  test.each([
    ['geheim\n', 'encrypted(geheim)\n'],
    ['geheim\r\n', 'encrypted(geheim)\n'],
    ['geheim', 'encrypted(geheim)\n'],
    [' two  words \n\n', 'encrypted( two  words \n)\n'],
    ['🔑', 'encrypted(🔑)\n'],
  ])('secrets:encrypt encrypts %j', async (stdin, out) => {
    const { run } = await fleet([]);
    expect((await run('secrets:encrypt', { stdin })).host.out).toBe(out);
  });

  test('secrets:encrypt notes that a password is empty', async () => {
    const { run } = await fleet([]);
    const { host, exitCode } = await run('secrets:encrypt');
    expect(host.out).toBe('encrypted()\n');
    expect(host.err).toBe('Note: the password is empty.\n');
    expect(exitCode).toBe(0);
  });

  test('secrets:encrypt refuses input that is not a password', async () => {
    const { run } = await fleet([]);
    const { host, exitCode } = await run('secrets:encrypt', { stdin: 'x'.repeat(70_000) });
    expect(host.err).toContain('more than 64 KiB');
    expect(exitCode).toBe(2);
  });
});
