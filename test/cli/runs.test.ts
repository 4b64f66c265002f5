import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import type { ErrorCode } from '../../src/core/error-codes.ts';
import type { OwnFailure } from '../../src/core/failure.ts';
import type { Attempt } from '../../src/core/migrate/attempt.ts';
import { type FakeTenant, fakeFleet } from './support/fake-fleet.ts';
import { type FakeHostOptions, fakeHost } from './support/fake-host.ts';
import { failedOutcome, fakeRemote, migratedOutcome, wavesOf } from './support/fake-remote.ts';

function failedOf(code: ErrorCode, message = `${code} happened`): Attempt {
  const failure: OwnFailure = {
    code,
    message,
    nextStep: `Do something about \`fanfold x <tenant>\`.`,
    retryable: false,
    fingerprint: `${code}|||`,
  };
  return { status: 'failed', failure, applied: [], notes: [] };
}

/** 14 tenants of which 12 fail of one cause and one of another; several command lines over them. */
async function brokenFleet() {
  const broken = { yet: true };
  const tenants: FakeTenant[] = Array.from({ length: 14 }, (_, number) => ({
    slug: `t${String(number).padStart(2, '0')}`,
    ...(number < 12 && {
      attempt: () =>
        broken.yet
          ? failedOf('AccessDenied', `db refused t${number}`)
          : { status: 'unchanged', notes: [] },
    }),
    ...(number === 12 && { attempt: () => failedOf('MigrationThrew') }),
  }));
  const { wiring } = await fakeFleet(tenants);
  const run = async (argv: string, options: FakeHostOptions = {}) => {
    const host = fakeHost(options);
    const exitCode = await runCli(argv.split(' '), host, () => wiring);
    return { out: host.out, err: host.err, exitCode };
  };
  await run('migrate:all-tenants');
  return { run, broken };
}

describe('runs list', () => {
  test('runs list shows each run and its tenants to retry', async () => {
    const { run, broken } = await brokenFleet();
    broken.yet = false;
    await run('migrate:retry --of last --cause 1');
    const { out, exitCode } = await run('runs list', { columns: 80 });
    const [head = '', ...rows] = out.trimEnd().split('\n');
    expect(head).toMatch(/^RUN +STARTED \(UTC\) +COMMAND +TENANTS +FAILED +TO RETRY$/);
    expect(rows.map((row) => row.replace(/20\d\d-\S+ \S+/, 'TIME').replace(/ +/g, ' '))).toEqual([
      'run-2 TIME retry 12 0 0',
      'run-1 TIME migrate 14 13 1',
    ]);
    for (const line of out.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
    expect(exitCode).toBe(0);
    const json = (await run('runs list --json')).out
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l));
    expect(json).toMatchObject([
      { type: 'run', id: 'run-2', left: 0, request: { retryOf: 'run-1', cause: 1 } },
      { type: 'run', id: 'run-1', left: 1, doneSince: 12, counts: { failed: 13 } },
    ]);
  });

  test('runs list names the command that shows older runs', async () => {
    const { run } = await brokenFleet();
    await run('migrate:all-tenants');
    const { out, err } = await run('runs list --limit 1');
    expect(out.match(/^run-/gm)).toHaveLength(1);
    expect(err).toContain('fanfold runs list --all\n');
    expect((await run('runs list --all')).out.match(/^run-/gm)).toHaveLength(2);
  });

  test('runs list reports that there are no runs', async () => {
    const { wiring } = await fakeFleet([]);
    const host = fakeHost();
    expect(await runCli(['runs', 'list'], host, () => wiring)).toBe(0);
    expect(host.err).toContain('There are no runs yet.');
  });
});

describe('runs show', () => {
  test('runs show has the numbered causes, and the command that lists all tenants', async () => {
    const { run } = await brokenFleet();
    const { out, exitCode } = await run('runs show last', { columns: 80 });
    expect(out).toContain('Run run-1: failed\nmigrate of all tenants, started ');
    expect(out).toContain('1. 12 tenants, for example t00: db refused t0\n');
    expect(out).toMatch(/… and 2 more:\s+fanfold runs show run-1 --cause 1\n/);
    expect(out).toMatch(/ at once: fanfold tenant:password --of run-1 --cause 1 --generate\n/);
    expect(out).toContain('2. 1 tenant: MigrationThrew happened\n');
    expect(out).toContain('13 tenants need a retry.');
    expect(out).not.toContain('t11');
    for (const line of out.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
    expect(exitCode).toBe(0);
  });

  test('runs show lists every tenant of a cause, or of all causes', async () => {
    const { run } = await brokenFleet();
    const one = await run('runs show run-1 --cause 1');
    expect(one.out.match(/^ {3}t\d\d \(t\d\d_db\)/gm)).toHaveLength(12);
    const all = await run('runs show run-1 --tenants --json');
    const lines = all.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({
      type: 'run',
      left: 13,
      causes: [{ number: 1 }, { number: 2 }],
    });
    expect(lines.slice(1).map(({ tenant, cause }) => `${tenant.slug} ${cause}`)).toEqual([
      ...Array.from({ length: 12 }, (_, n) => `t${String(n).padStart(2, '0')} 1`),
      't12 2',
    ]);
  });

  test.each([
    ['runs show nosuch', 'There is no run "nosuch"'],
    ['runs show run-1 --cause 3', 'Run run-1 has 2 causes, and no cause 3.'],
    ['runs show run-1 --cause x', 'It must be a whole number from 1 to 2,000.'],
    ['migrate:retry run-1 --cause 3', 'Run run-1 has 2 causes, and no cause 3.'],
    ['migrate:retry run-1 --of run-1', 'The run is named twice'],
    ['migrate:doctor t00 --of run-1', 'Tenants are named twice'],
    ['migrate:doctor t00 --cause 1', '--cause needs --of: it is a number in the summary of a run.'],
    ['migrate:doctor', 'No tenant was named.'],
    ['migrate:resolve', 'No tenant was named.'],
    ['migrate:resolve --of run-1 --cause 9', 'has 2 causes, and no cause 9.'],
    ['tenant:list --cause 1', '--cause needs --of: it is a number in the summary of a run.'],
    ['tenant:password', 'No tenant was named.'],
    ['tenant:password t00 --accounts-from %', '--accounts-from needs --generate'],
    ['tenant:move --host db2', 'No tenant was named.'],
    ['migrate:doctor --of run-1 --hosts db1', '--hosts cannot be combined with --of'],
  ])('%s is refused', async (argv, message) => {
    const { run } = await brokenFleet();
    const { err, exitCode } = await run(argv);
    expect(err).toContain(message);
    expect(exitCode).toBe(2);
  });

  test('runs show shows the newest run if none has tenants to retry, and "--of last" is refused', async () => {
    const { wiring } = await fakeFleet([{ slug: 'acme' }]);
    const run = async (argv: string) => {
      const host = fakeHost();
      return { exitCode: await runCli(argv.split(' '), host, () => wiring), host };
    };
    await run('migrate:all-tenants');
    const { host, exitCode } = await run('runs show');
    expect(host.err).toContain('No run has tenants to retry. This is the newest run:');
    expect(host.out).toContain('No tenant needs a retry.');
    expect(exitCode).toBe(0);
    const of = await run('tenant:list --of last');
    expect(of.host.err).toContain('No run has tenants to retry, so there is no "last".');
    expect(of.exitCode).toBe(2);
  });
});

describe('tenants of a run', () => {
  test('the tenants of a run are listed, checked and resolved by cause', async () => {
    const { run } = await brokenFleet();
    expect((await run('tenant:list --of last --cause 1')).out.match(/^t\d\d/gm)).toHaveLength(12);
    expect((await run('tenant:list --of last --json')).out.trimEnd().split('\n')).toHaveLength(13);
    const doctor = await run('migrate:doctor --of last --cause 2');
    expect(doctor.out).toContain('📋 Found 1 tenant(s) to check\n🩺 t12');
    const resolved = await run(
      'migrate:resolve --of last --cause 2 --retry 20250127120000_add_priority_to_tasks --yes',
    );
    expect(resolved.err).toContain('1 tenant of run run-1 of cause 2: MigrationThrew happened');
    expect(resolved.out).toContain(
      '✅ t12: 20250127120000_add_priority_to_tasks will run from the start next time\n',
    );
    expect(resolved.exitCode).toBe(0);
  });

  test('tenants in the same half-applied state are shown once, with commands for all of them', async () => {
    const { run } = await brokenFleet();
    const { out, exitCode } = await run('migrate:resolve --of run-1 --cause 1');
    expect(out.match(/is half-applied\.\n/g)).toHaveLength(1);
    expect(out).toMatch(
      /\n {7}fanfold migrate:resolve --of run-1 --cause 1 --retry 20250127120000_add_priority_to_tasks --by-hand\n/,
    );
    expect(out).toContain('       fanfold migrate:retry run-1 --cause 1\n');
    expect(
      out.match(/^❌ t\d\d: 2025\S+ is half-applied, in the same state as in t\d\d\.$/gm),
    ).toHaveLength(11);
    expect(out).toContain('Done: 0 tenants. Failed: 12.\n');
    expect(exitCode).toBe(1);
  });

  test('the tenants of a run are not changed without confirmation if there is no terminal', async () => {
    const { run } = await brokenFleet();
    const { err, exitCode } = await run(
      'migrate:resolve --of last --cause 2 --retry 20250127120000_add_priority_to_tasks',
    );
    expect(err).toContain('This must be confirmed');
    expect(exitCode).toBe(2);
  });
});

describe('migrate:retry', () => {
  test('migrate:retry of one cause names the other tenants of the run to retry', async () => {
    const { run, broken } = await brokenFleet();
    broken.yet = false;
    const { out, err } = await run('migrate:retry last --cause 1');
    expect(out).toContain('🚀 Retrying cause 1 of run run-1...\n📋 Found 12 tenant(s) to retry');
    expect(err).toContain('Run run-1 has 1 tenant to retry: fanfold migrate:retry run-1\n');
  });

  test('migrate:retry of a small run names a larger one with tenants to retry', async () => {
    const { run } = await brokenFleet();
    await run('migrate:tenant t00');
    const { out, err } = await run('migrate:retry last');
    expect(out).toContain('Retrying run run-2...\n📋 Found 1 tenant(s) to retry');
    expect(err).toContain('Run run-1 has 12 more tenants to retry: fanfold migrate:retry run-1\n');
  });
});

describe('runs of a stack', () => {
  const remote = () =>
    fakeRemote({
      frames: [
        {
          status: 'FAILED',
          waves: wavesOf([3]),
          outcomes: [migratedOutcome(0), failedOutcome(1, 'acme')],
          state: { status: 'failed' },
          error: 'TenantMigrationsFailed',
        },
      ],
    });
  const run = async (argv: string) => {
    const { wiring } = await fakeFleet([]);
    const host = fakeHost();
    const { access, calls } = remote();
    const words = argv.split(' ');
    const exitCode = await runCli(words, host, () => ({ ...wiring, remote: async () => access }));
    return { out: host.out, err: host.err, exitCode, calls };
  };

  test('the runs of a stack are listed and shown like those of this machine', async () => {
    expect((await run('runs list --aws prod')).out).toMatch(/^run-0 .* migrate +3 +1 +2$/m);
    const shown = await run('runs show last --aws prod --tenants');
    expect(shown.out).toContain("1. 1 tenant: Table 'tasks' already exists\n");
    expect(shown.out).toContain('Stored in s3://runs/runs/run-0\n');
    expect(shown.out).toContain('Retry with: fanfold migrate:retry run-0 --aws prod\n');
    expect(shown.out).toContain('   acme (acme_db)\n');
    expect(shown.out).toContain('   id-2: not reached\n');
    expect(shown.exitCode).toBe(0);
  });

  test('the runs of a stack are retried by cause', async () => {
    const unknown = await run('migrate:retry last --cause 2 --aws prod');
    expect(unknown.err).toContain('Run run-0 has 1 cause, and no cause 2.');
    expect([unknown.exitCode, unknown.calls]).toEqual([2, []]);
    const { calls } = await run('migrate:retry --of last --cause 1 --aws prod');
    expect(calls).toContain('start {"cause":1,"retryOf":"run-0"}');
  });
});
