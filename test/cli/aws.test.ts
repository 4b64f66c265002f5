import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { fakeFleet } from './support/fake-fleet.ts';
import { type FakeHostOptions, fakeHost } from './support/fake-host.ts';
import {
  type FakeRemoteOptions,
  failedOutcome,
  fakeRemote,
  migratedOutcome,
  wavesOf,
} from './support/fake-remote.ts';

async function run(argv: string, options: FakeRemoteOptions, hostOptions: FakeHostOptions = {}) {
  const host = fakeHost(hostOptions);
  const { wiring } = await fakeFleet([]);
  const remote = fakeRemote(options);
  const exitCode = await runCli(argv.split(' '), host, () => ({
    ...wiring,
    remote: async () => remote.access,
  }));
  return { host, exitCode, remote };
}

const TWO_WELL: FakeRemoteOptions = {
  frames: [
    {},
    { waves: wavesOf([2]), rounds: 1, counts: { total: 2, running: 2 } },
    {
      status: 'SUCCEEDED',
      waves: wavesOf([2]),
      rounds: 1,
      counts: { total: 2, succeeded: 2 },
      outcomes: [migratedOutcome(0, 'acme'), migratedOutcome(1, 'beta')],
      output: '{"total":2}',
    },
  ],
};

const ONE_FAILED: FakeRemoteOptions = {
  frames: [
    { waves: wavesOf([3]), rounds: 1, counts: { total: 3, running: 3 } },
    {
      status: 'FAILED',
      waves: wavesOf([3]),
      rounds: 1,
      counts: { total: 3, succeeded: 2, failed: 1 },
      outcomes: [migratedOutcome(0), migratedOutcome(1), failedOutcome(2)],
      error: 'TenantMigrationsFailed',
      cause: '{"errorMessage":"1 of 3 failed"}',
    },
  ],
};

describe('migrate:all-tenants --aws', () => {
  test('migrate:all-tenants --aws prints the same as a run on this machine', async () => {
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', TWO_WELL);
    expect(host.out).toBe(`\
🚀 Starting migration for all tenants...
📋 Found 2 active tenant(s)
🔄 Migrating tenant: acme (acme_db)
✅ acme: Ran 1 migrations:
- 20250127120000_add_priority_to_tasks.js
🔄 Migrating tenant: beta (beta_db)
✅ beta: Ran 1 migrations:
- 20250127120000_add_priority_to_tasks.js
============================================================
📊 Migration Summary
============================================================
✅ Successful: 2
❌ Failed: 0
🎉 All tenant migrations completed successfully!
`);
    expect(host.err).toBe(`\
Run run-1 on stack prod in eu-west-1. Ctrl-C detaches; the run continues.
Console: https://console.example.com/run-1
⏳ Wave 1: 0 of 2 done, 0 failed, 2 running
Run run-1 took 42 s.
Report: s3://runs/runs/run-1/report.html
`);
    expect(exitCode).toBe(0);
  });

  test('migrate:all-tenants --aws sends the typed options and no default of this machine', async () => {
    const { remote } = await run('migrate:all-tenants --aws prod --canary acme --strict', TWO_WELL);
    expect(remote.calls).toEqual([
      'start {"command":"migrate","waves":[{"tenants":["acme"],"canary":true}],"strict":true}',
    ]);
  });

  test('migrate:all-tenants --aws reports failures and the command that continues', async () => {
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', ONE_FAILED);
    expect(host.out).toContain('❌ Failed: 1\n\n1 failed, 1 cause:\n');
    expect(host.out).toMatch(/\n\nRetry with: fanfold migrate:retry run-1 --aws prod --redrive\n$/);
    expect(exitCode).toBe(1);
  });

  test('migrate:all-tenants --aws reports waves and further rounds', async () => {
    const waves = wavesOf([1, 4], true);
    const { host } = await run('migrate:all-tenants --aws prod', {
      frames: [
        { waves, wavesEntered: 1, rounds: 1, counts: { total: 1, running: 1 } },
        { waves, wavesEntered: 2, rounds: 2, counts: { total: 4, running: 4 } },
        { waves, wavesEntered: 2, rounds: 3, counts: { total: 2, running: 2 } },
        { status: 'SUCCEEDED', waves, outcomes: [migratedOutcome(0)] },
      ],
    });
    expect(host.out).toContain(`\
📋 Found 5 active tenant(s)
🌊 Wave 1: 1 tenant(s) (canary)
🌊 Wave 2: 4 tenant(s)
🔁 Wave 2, round 2: retrying 2 tenant(s)
`);
  });

  test('tenants that became active during a run on AWS are reported once', async () => {
    const waves = wavesOf([2]);
    const grown = [...waves, { size: 1, canary: false, late: true } as const];
    const { host } = await run('migrate:all-tenants --aws prod', {
      frames: [
        { waves, rounds: 1, counts: { total: 2, running: 2 } },
        { waves: grown, rounds: 2, counts: { total: 1, running: 1 } },
        { status: 'SUCCEEDED', waves: grown, rounds: 2, outcomes: [migratedOutcome(0)] },
      ],
    });
    expect(host.out.match(/➕ 1 tenant became active in the meantime\n/g)).toHaveLength(1);
  });

  test('a stopped run on AWS is reported with the reason', async () => {
    const stopped = { reason: 'canary', message: 'The canary tenant failed.' } as const;
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [
        {
          status: 'FAILED',
          error: 'TenantMigrationsFailed',
          waves: wavesOf([1, 4], true),
          wavesEntered: 1,
          state: { status: 'failed', stopped },
          outcomes: [failedOutcome(0)],
        },
      ],
    });
    expect(host.out).toContain('🛑 The canary tenant failed. Not started: 4 tenant(s).\n');
    expect(exitCode).toBe(1);
  });

  test('only the summary of a large fleet on AWS is printed', async () => {
    const outcomes = Array.from({ length: 60 }, (_, index) => migratedOutcome(index));
    const frames = [{ status: 'SUCCEEDED', waves: wavesOf([60]), outcomes } as const];
    const { host } = await run('migrate:all-tenants --aws prod', { frames });
    expect(host.out).not.toContain('Migrating tenant');
    expect(host.out).toContain('✅ Successful: 60\n');
    const all = await run('migrate:all-tenants --aws prod --verbose', { frames });
    expect(all.host.out.match(/Migrating tenant/g)).toHaveLength(60);
  });

  test('a run that is skipped because of another one reports that', async () => {
    const message = 'Execution a-run is running, and the request says ifRunning: skip.';
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [{ status: 'SUCCEEDED', output: JSON.stringify({ message }) }],
    });
    expect(host.out).toContain(`⏩ ${message}\n`);
    expect(exitCode).toBe(0);
  });

  test('notes of a run on AWS are printed', async () => {
    const note = { code: 'quota', message: 'The account runs 10 functions at a time.' };
    const { host } = await run('migrate:all-tenants --aws prod', { ...TWO_WELL, notes: [note] });
    expect(host.err).toContain('Note: The account runs 10 functions at a time.\n');
  });

  test.each([
    [
      'StepUnavailable',
      '{"errorType":"StepUnavailable","errorMessage":"The central database cannot be reached."}',
      'Error: Run run-1 ended: StepUnavailable: The central database cannot be reached.',
      3,
    ],
    [
      'TenantUnknown',
      '{"errorMessage":"There is no tenant \\"x\\"."}',
      'There is no tenant "x".',
      2,
    ],
    ['States.Runtime', 'a sentence', 'Error: Run run-1 ended: States.Runtime: a sentence', 3],
    [
      'States.ItemReaderFailed',
      'x',
      'Start a new run: fanfold migrate:retry run-1 --aws prod\n',
      3,
    ],
    ['RunExists', 'There is a run "run-1" already.', 'Start a run with another request.', 2],
    ['RunAppliedNothing', 'Run "a" is a plan.', 'Start a run with another request.', 2],
  ])(
    'a run on AWS that ends with %s has its exit code and next step',
    async (error, cause, text, exit) => {
      const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
        frames: [{ status: 'FAILED', error, cause }],
      });
      expect(host.err).toContain(text);
      expect(exitCode).toBe(exit);
    },
  );

  test('a run that was stopped elsewhere ends with 130 and names the command for its summary', async () => {
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [{ status: 'ABORTED', waves: wavesOf([2]) }],
    });
    expect(host.err).toContain('Write it with: fanfold stop run-1 --aws prod\n');
    expect(exitCode).toBe(130);
    const early = await run('follow last --aws prod', { frames: [{ status: 'ABORTED' }] });
    expect(early.host.err).toContain('before its tenants were listed: no tenant was touched.');
  });

  test('Ctrl-C detaches and names the command to follow again', async () => {
    const signalled: FakeRemoteOptions = {
      ...TWO_WELL,
      frames: TWO_WELL.frames.slice(0, 2),
      onPause: () => host.signal('SIGINT'),
    };
    const host = fakeHost();
    const { wiring } = await fakeFleet([]);
    const { access } = fakeRemote(signalled);
    const exitCode = await runCli('migrate:all-tenants --aws prod'.split(' '), host, () => ({
      ...wiring,
      remote: async () => access,
    }));
    expect(host.err).toContain(
      'Detached: run run-1 continues. Follow it again: `fanfold follow run-1 --aws prod`.',
    );
    expect(exitCode).toBe(130);
  });

  test('following a run polls at most once a second, and less often the longer the run takes', async () => {
    const frame = { waves: wavesOf([2]), rounds: 1, counts: { total: 2, running: 2 } };
    const frames = [...Array.from({ length: 200 }, () => frame), ...TWO_WELL.frames.slice(2)];
    const { remote } = await run('migrate:all-tenants --aws prod', { frames });
    expect(Math.min(...remote.pauses)).toBe(1_000);
    expect(remote.pauses.at(-1)).toBe(10_000);
  });

  test('following a run survives AWS being unreachable for a while', async () => {
    const broken = new FanfoldError('AwsUnreachable', 'AWS cannot be reached.', {
      fault: 'configuration',
      nextStep: 'x',
      retryable: true,
    });
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [{ broken }, { broken }, ...TWO_WELL.frames],
    });
    expect(host.err.match(/AWS cannot be reached\. Retrying\./g)).toHaveLength(1);
    expect(exitCode).toBe(0);
  });

  test('following a run gives up after AWS has been unreachable for five minutes', async () => {
    const broken = new FanfoldError('AwsThrottled', 'AWS was asked too often.', {
      fault: 'configuration',
      nextStep: 'x',
      retryable: true,
    });
    const { host, exitCode, remote } = await run('migrate:all-tenants --aws prod', {
      frames: [{ broken }],
    });
    expect(remote.pauses.reduce((sum, pause) => sum + pause, 0)).toBe(300_000);
    expect(host.err).toContain('Follow it again: `fanfold follow run-1 --aws prod`.');
    expect(exitCode).toBe(3);
  });

  test('an error while following says that the run continues', async () => {
    const broken = new FanfoldError('AwsCredentialsRefused', 'They have expired.', {
      fault: 'configuration',
      nextStep: 'Log in again.',
    });
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [{ broken }],
    });
    expect(host.err).toContain('Follow it again: `fanfold follow run-1 --aws prod`.');
    expect(host.err).toContain('Error: They have expired.');
    expect(exitCode).toBe(3);
  });
});

describe('a user who may only start runs', () => {
  const denied = new FanfoldError('RunStoreUnreadable', 'The run store cannot be read.', {
    fault: 'configuration',
    nextStep: 'x',
    cause: Object.assign(new Error('no'), { name: 'AccessDenied' }),
  });

  test.each([
    [
      { status: 'SUCCEEDED', output: '{"total":2,"message":"2 of 2 tenants are up to date."}' },
      '2 of 2 tenants are up to date.\n',
      0,
    ],
    [
      {
        status: 'FAILED',
        error: 'TenantMigrationsFailed',
        cause: '{"errorMessage":"1 of 2 failed.\\nPress Redrive."}',
      },
      '1 of 2 failed.\nPress Redrive.\n',
      1,
    ],
  ] as const)(
    'a user who may only start runs sees the message of the execution: %j',
    async (end, text, exit) => {
      const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
        frames: [{ denied }, { denied, ...end }],
      });
      expect(host.out).toContain(text);
      expect(
        host.err.match(/Only the end of the run can be shown, not its progress/g),
      ).toHaveLength(1);
      expect(exitCode).toBe(exit);
    },
  );
});

describe('options of this process with --aws', () => {
  test.each([
    ['--run-store /tmp/x', '--run-store has no meaning with --aws: runs are stored in'],
    ['--connect-timeout 3', '--connect-timeout has no meaning with --aws'],
    ['--tls off --ca x.pem', '--ca has no meaning with --aws'],
    ['--migrations other', '--migrations has no meaning with --aws'],
  ])('%s is refused with --aws, with the reason', async (flags, text) => {
    const { host, exitCode } = await run(`migrate:all-tenants --aws prod ${flags}`, TWO_WELL);
    expect(host.err).toContain(text);
    expect(exitCode).toBe(2);
  });

  test('--if-running becomes part of the request, and is refused without a stack', async () => {
    const { remote } = await run('migrate:all-tenants --aws prod --if-running skip', TWO_WELL);
    expect(remote.calls).toEqual(['start {"command":"migrate","ifRunning":"skip"}']);
    const { exitCode } = await run('migrate:all-tenants --if-running skip', TWO_WELL);
    expect(exitCode).toBe(2);
  });

  test('environment variables for local runs are ignored with --aws', async () => {
    const { exitCode } = await run('migrate:all-tenants --aws prod', TWO_WELL, {
      env: { FANFOLD_RUN_STORE: '/tmp/x' },
    });
    expect(exitCode).toBe(0);
  });

  test('a wrong request is refused before anything is started on AWS', async () => {
    const flags = '--canary a --tolerated-failures 1';
    const names = Array.from({ length: 1_001 }, (_, index) => `t${index}`).join(',');
    const { exitCode, remote } = await run(
      `migrate:all-tenants --aws prod ${flags} --hosts ${names}`,
      TWO_WELL,
    );
    expect(exitCode).toBe(2);
    expect(remote.calls).toEqual([]);
  });
});

describe('migrate:plan --aws', () => {
  test('migrate:plan --aws lists pending migrations', async () => {
    const outcome = {
      ...migratedOutcome(0, 'acme'),
      status: 'planned',
      pending: ['20250127120000_add_priority_to_tasks'],
    } as const;
    const { host, exitCode } = await run('migrate:plan --aws prod', {
      request: { command: 'plan' },
      frames: [{ status: 'SUCCEEDED', waves: wavesOf([1]), outcomes: [outcome] }],
    });
    expect(host.out).toContain('📝 acme (acme_db): Would run 1 migrations:\n');
    expect(host.out).toContain('📝 Would run migrations: 1\n');
    expect(exitCode).toBe(0);
  });
});

describe('migrate:tenant --aws', () => {
  test('migrate:tenant --aws sends the names of the tenants', async () => {
    const { remote } = await run('migrate:tenant acme beta --aws prod', TWO_WELL);
    expect(remote.calls).toEqual(['start {"command":"migrate","tenants":["acme","beta"]}']);
  });
});

describe('migrate:retry --aws', () => {
  const earlier = [{ id: 'old', status: 'FAILED' }] as const;
  const done = TWO_WELL.frames.slice(2);

  test('migrate:retry --aws starts a new execution with retryOf and the typed options', async () => {
    const { remote, host } = await run('migrate:retry old --aws prod --concurrency 2', {
      frames: done,
      earlier,
    });
    expect(remote.calls).toEqual(['start {"maxConcurrency":2,"retryOf":"old"}']);
    expect(host.out).toContain('🚀 Retrying run old...\n');
  });

  test('--redrive resumes the execution itself', async () => {
    const { remote, host } = await run('migrate:retry old --aws prod --redrive', {
      frames: done,
      earlier,
    });
    expect(remote.calls).toEqual(['redrive old']);
    expect(host.out).toContain('🚀 Resuming run old...\n');
  });

  test('a redriven run is not taken for failed while AWS still shows its old state', async () => {
    const { exitCode } = await run('migrate:retry last --aws prod --redrive', {
      frames: [ONE_FAILED.frames[1] ?? {}, ONE_FAILED.frames[1] ?? {}, ...TWO_WELL.frames],
    });
    expect(exitCode).toBe(0);
  });

  test('--redrive reports the tenants that it runs, but not those that finished before', async () => {
    const waves = wavesOf([2]);
    const failed = {
      ...({ status: 'FAILED', waves, rounds: 1, error: 'TenantMigrationsFailed' } as const),
      outcomes: [migratedOutcome(0, 'acme'), failedOutcome(1)],
    } as const;
    const { host } = await run('migrate:retry last --aws prod --redrive', {
      frames: [
        failed,
        { waves, rounds: 2, counts: { total: 1, running: 1 } },
        {
          ...({ status: 'SUCCEEDED', waves, rounds: 2, outcomes: failed.outcomes } as const),
          laterOutcomes: [migratedOutcome(1, 'beta')],
        },
      ],
    });
    expect(host.out).toContain('📋 Found 2 tenant(s) in this run\n');
    expect(host.out).toContain('beta: Ran 1 migrations');
    expect(host.out).not.toContain('acme: Ran');
  });

  test('migrate:retry last --aws accepts a rollback and skips a plan', async () => {
    const { remote } = await run('migrate:retry last --aws prod', {
      frames: done,
      request: { command: 'rollback', run: 'older' },
      earlier,
    });
    expect(remote.calls).toEqual(['start {"retryOf":"run-0"}']);
  });

  test.each(['migrate:retry last', 'follow last'])(
    '%s of a rollback is reported as a rollback',
    async (argv) => {
      const { host } = await run(`${argv} --aws prod`, {
        frames: [
          {
            ...({ status: 'SUCCEEDED', waves: wavesOf([1]), output: '{"total":1}' } as const),
            outcomes: [{ ...migratedOutcome(0), status: 'reverted', reverted: [] } as Outcome],
          },
        ],
        request: { command: 'rollback', run: 'older' },
      });
      expect(host.out).toContain('🎉 Rollback completed successfully!');
    },
  );

  test('migrate:retry --aws accepts the ARN that the console shows', async () => {
    const arn = 'arn:aws:states:eu-west-1:123456789012:execution:fanfold:old';
    const { remote } = await run(`migrate:retry ${arn} --aws prod`, { frames: done, earlier });
    expect(remote.calls).toEqual(['start {"retryOf":"old"}']);
  });

  test.each([
    [{ status: 'SUCCEEDED' }, 'Run old succeeded, so there is nothing to redrive.'],
    [{ status: 'RUNNING' }, 'Run old is still in progress'],
    [
      { stoppedAt: new Date('2026-11-01T00:00:00Z') },
      'Run old ended on 2026-11-01; AWS only redrives within 14 days.',
    ],
    [{ notRedrivable: 'it has too many events' }, 'cannot be redriven: it has too many events.'],
  ] as const)('--redrive of %j is refused', async (run0, text) => {
    const { host, exitCode, remote } = await run('migrate:retry old --aws prod --redrive', {
      frames: done,
      earlier: [{ ...earlier[0], ...run0 }],
    });
    expect(host.err).toContain(text);
    expect(exitCode).toBe(2);
    expect(remote.calls).toEqual([]);
  });

  test.each([
    [
      'migrate:retry last --redrive',
      '--redrive needs --aws: it resumes an execution of Step Functions',
    ],
    [
      'migrate:retry last --aws prod --redrive --concurrency 2',
      '--concurrency would have no effect',
    ],
  ])('%s is refused', async (argv, text) => {
    const { host, exitCode } = await run(argv, { frames: done });
    expect(host.err).toContain(text);
    expect(exitCode).toBe(2);
  });

  test('migrate:retry --aws without a name lists the newest runs', async () => {
    const { host, exitCode } = await run('migrate:retry --aws prod', { frames: done, earlier });
    expect(host.err).toContain('  old  2026-11-23 08:00:00 UTC  FAILED\n');
    expect(exitCode).toBe(2);
  });
});

describe('follow', () => {
  test.each(['follow last --aws prod', 'follow run-0 --aws prod'])(
    '%s shows a run until it ends',
    async (argv) => {
      const { host, exitCode, remote } = await run(argv, TWO_WELL);
      expect(host.out).toContain('✅ Successful: 2\n');
      expect(exitCode).toBe(0);
      expect(remote.calls).toEqual([]);
    },
  );

  test('follow shows a run that has ended at once, with its exit code', async () => {
    const { remote, exitCode } = await run('follow last --aws prod', {
      frames: ONE_FAILED.frames.slice(1),
    });
    expect(remote.pauses).toEqual([]);
    expect(exitCode).toBe(1);
  });

  test('follow --json prints one event per line and nothing else', async () => {
    const { host } = await run('follow last --aws prod --json', TWO_WELL);
    const events = host.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual([
      'run-submitted',
      'run-started',
      'wave-started',
      'run-progress',
      'run-progress',
      'tenant-finished',
      'tenant-finished',
      'run-finished',
    ]);
    expect(host.err).toBe('');
  });

  const asked = (succeeded: number, more: object = {}) => ({
    waves: wavesOf([2]),
    probe: { counts: { total: 800, running: 800 - succeeded, succeeded }, ...more },
  });
  const PROBED: FakeRemoteOptions = {
    frames: [
      {},
      asked(0),
      asked(400),
      asked(800, { status: 'SUCCEEDED' }),
      ...TWO_WELL.frames.slice(1),
    ],
  };

  const shapesRead = (succeeded: number, more: object = {}) => ({
    waves: wavesOf([2]),
    wavesEntered: 0,
    shapes: { counts: { total: 800, running: 800 - succeeded, succeeded }, ...more },
  });
  const READ: FakeRemoteOptions = {
    frames: [
      {},
      shapesRead(0),
      shapesRead(300),
      shapesRead(800, { status: 'SUCCEEDED' }),
      ...TWO_WELL.frames.slice(1),
    ],
  };

  test('follow shows how many shapes were read, before any tenant is migrated', async () => {
    const { host } = await run('follow last --aws prod --json', READ);
    const progress = host.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'run-progress')
      .map(({ readingShapes, asking, counts }) => [readingShapes, asking, counts.succeeded]);
    expect(progress.slice(0, 4)).toEqual([
      [true, undefined, 0],
      [true, undefined, 300],
      [true, undefined, 800],
      [undefined, undefined, 0],
    ]);
    const text = await run('follow last --aws prod', READ);
    expect(text.host.err).toContain('Before the first wave: shapes of 0 of 800 read');
  });

  test('follow shows how many tenants were asked what they have to do, before any is migrated', async () => {
    const { host } = await run('follow last --aws prod --json', PROBED);
    const progress = host.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'run-progress')
      .map(({ asking, counts }) => [asking ?? false, counts.succeeded, counts.total]);
    expect(progress).toEqual([
      [true, 0, 800],
      [true, 400, 800],
      [true, 800, 800],
      [false, 0, 2],
      [false, 2, 2],
    ]);
    const { host: people } = await run('follow last --aws prod', PROBED);
    expect(people.err).toContain('⏳ Wave 1: 0 of 800 asked what they have to do\n');
    expect(people.err).toContain('⏳ Wave 1: 0 of 2 done, 0 failed, 2 running\n');
  });

  test('follow takes the Map Run of a second wave for its first round, also while its tenants are asked', async () => {
    const waves = wavesOf([1, 23]);
    const first = { waves, wavesEntered: 1, rounds: 1 };
    const probe = (succeeded: number, status?: 'SUCCEEDED') => ({
      ...{ counts: { total: 23, succeeded }, ...(status && { status }) },
    });
    const { host } = await run('follow last --aws prod --json', {
      frames: [
        { ...first, counts: { total: 1, running: 1 } },
        { ...first, counts: { total: 1, succeeded: 1 } },
        { ...first, wavesEntered: 2, counts: { total: 1, succeeded: 1 } },
        { ...first, wavesEntered: 2, counts: { total: 1, succeeded: 1 }, probe: probe(5) },
        { waves, rounds: 2, counts: { total: 23, running: 23 }, probe: probe(23, 'SUCCEEDED') },
        { ...TWO_WELL.frames[2], waves, rounds: 2, probe: probe(23, 'SUCCEEDED') },
      ],
    });
    const told = host.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => /^(wave-started|round-started|run-progress)$/.test(type))
      .map(({ type, wave, asking, counts }) => [type, wave, asking ?? false, counts?.total]);
    expect(told.slice(0, 7)).toEqual([
      ['wave-started', 1, false, undefined],
      ['run-progress', 1, false, 1],
      ['run-progress', 1, false, 1],
      ['wave-started', 2, false, undefined],
      ['run-progress', 2, true, 23],
      ['run-progress', 2, true, 23],
      ['run-progress', 2, false, 23],
    ]);
    expect(told.map(([type]) => type)).not.toContain('round-started');
  });

  test('follow that begins after the tenants were asked does not show it', async () => {
    const { host } = await run('follow last --aws prod --json', {
      frames: [asked(800, { status: 'SUCCEEDED' }), ...TWO_WELL.frames.slice(1)],
    });
    expect(host.out).not.toContain('"asking"');
  });

  test('follow requires a stack', async () => {
    const { host, exitCode } = await run('follow last', TWO_WELL);
    expect(host.err).toContain("required option '--aws <stack>' not specified");
    expect(exitCode).toBe(2);
  });
});

describe('"last" while a run is in progress', () => {
  const skipped = { status: 'SUCCEEDED' } as const;
  const running = [{ id: 'long', status: 'RUNNING', stoppedAt: undefined }] as const;

  test.each([
    ['throttle last --aws prod --max-concurrency 5', 'throttle map-0 5'],
    ['stop last --aws prod', 'stop long'],
  ])('%s means the run in progress, not a newer one that gave way to it', async (argv, call) => {
    const { remote } = await run(argv, {
      frames: [{ ...skipped, rounds: 1 }],
      earlier: running,
    });
    expect(remote.calls).toContain(call);
  });
});

describe('migrate:rollback-run --aws', () => {
  test.each([
    ['last', 'run-0'],
    ['arn:aws:states:eu-west-1:123456789012:execution:fanfold:old', 'old'],
    ['forgotten', 'forgotten'],
  ])('migrate:rollback-run %s --aws is about the run %s', async (name, id) => {
    const earlier = [{ id: 'old', status: 'SUCCEEDED' }] as const;
    const { remote } = await run(`migrate:rollback-run ${name} --aws prod --yes`, {
      ...TWO_WELL,
      earlier,
    });
    expect(remote.calls).toEqual([`start {"command":"rollback","run":"${id}"}`]);
    const plan = await run(`migrate:plan --rollback ${name} --aws prod`, { ...TWO_WELL, earlier });
    expect(plan.remote.calls).toEqual([`start {"command":"plan","rollback":true,"run":"${id}"}`]);
  });
});

describe('stop', () => {
  test('stop stops a run, waits until it ends, has its summary written and prints it', async () => {
    const waves = wavesOf([2]);
    const { host, exitCode, remote } = await run('stop last --aws prod', {
      frames: [
        { waves, rounds: 1, counts: { total: 2, running: 2 } },
        { status: 'ABORTED', waves, rounds: 1, roundStatus: 'RUNNING' },
        { status: 'ABORTED', waves, rounds: 1, roundStatus: 'ABORTED', outcomes: [] },
      ],
    });
    expect(remote.calls).toEqual(['stop run-0', 'close run-0']);
    expect(host.out).toContain('🛑 Stopping run run-0...\n');
    expect(host.out).toContain('🛑 The run was stopped. Not started: 2 tenant(s).\n');
    expect(host.out).toContain('Retry with: fanfold migrate:retry run-0 --aws prod\n');
    expect(exitCode).toBe(0);
  });

  test('stop writes the summary of a run that was stopped elsewhere, once', async () => {
    const waves = wavesOf([2]);
    const frame = { status: 'ABORTED', waves, outcomes: [] } as const;
    const first = await run('stop last --aws prod', { frames: [frame] });
    expect(first.remote.calls).toEqual(['close run-0']);
    const state = { status: 'interrupted', finishedAt: '2026-11-23T08:01:00Z' } as const;
    const again = await run('stop last --aws prod', { frames: [{ ...frame, state }] });
    expect(again.remote.calls).toEqual([]);
    expect(again.host.out).toContain('📊 Migration Summary');
  });

  test('stop refuses a run that ended by itself', async () => {
    const { host, exitCode } = await run('stop last --aws prod', {
      frames: [{ status: 'SUCCEEDED' }],
    });
    expect(host.err).toContain('Run run-0 has already ended: SUCCEEDED.');
    expect(exitCode).toBe(2);
  });
});

describe('throttle', () => {
  test('throttle changes the round in progress', async () => {
    const { host, exitCode, remote } = await run('throttle last --aws prod --max-concurrency 5', {
      frames: [{ rounds: 2 }],
    });
    expect(remote.calls).toEqual(['throttle map-0 5']);
    expect(host.out).toBe('🐢 Run run-0: 5 tenant(s) at a time, instead of 50\n');
    expect(exitCode).toBe(0);
  });

  test.each([
    [{}, 'Run run-0 is not migrating tenants at the moment.'],
    [{ rounds: 1, roundStatus: 'SUCCEEDED' }, 'Run run-0 is not migrating tenants at the moment.'],
    [{ status: 'FAILED' }, 'Run run-0 has already ended: FAILED.'],
  ] as const)('throttle of a run with %j is refused', async (frame, text) => {
    const { host, exitCode } = await run('throttle last --aws prod --max-concurrency 5', {
      frames: [frame],
    });
    expect(host.err).toContain(text);
    expect(exitCode).toBe(2);
  });

  test('throttle refuses 0, which would mean no limit at all', async () => {
    const { exitCode } = await run('throttle last --aws prod --max-concurrency 0', { frames: [] });
    expect(exitCode).toBe(2);
  });
});

describe('pause and resume', () => {
  const ofBackfills = { frames: [{ rounds: 1 }], request: { phase: 'all' } } as const;

  test.each([
    ['pause --aws prod', 'control run-0 {"isPaused":true}'],
    ['resume run-0 --aws prod', 'control run-0 {"isPaused":false}'],
    ['resume last --pace 10 --aws prod', 'control run-0 {"isPaused":false,"pace":0.1}'],
  ])('%s has the wish kept for the backfills of the run', async (argv, call) => {
    const { exitCode, remote } = await run(argv, ofBackfills);
    expect(exitCode).toBe(0);
    expect(remote.calls).toEqual([call]);
  });

  test.each([
    [{ ...ofBackfills, request: {} }, 'The run run-0 has no backfills.'],
    [{ ...ofBackfills, frames: [{ status: 'FAILED' }] }, 'Run run-0 has already ended: FAILED.'],
  ] as const)('pause of a run with %j is refused', async (options, text) => {
    const { host, exitCode, remote } = await run('pause --aws prod', options);
    expect([exitCode, remote.calls]).toEqual([2, []]);
    expect(host.err).toContain(text);
  });
});

describe('the output of commands about runs on AWS', () => {
  test.each([
    'migrate:all-tenants --aws prod',
    'migrate:retry old --aws prod',
    'stop last --aws prod',
    'throttle last --aws prod --max-concurrency 5',
  ])('the output of %s fits into 80 columns, and is plain with NO_COLOR', async (argv) => {
    const frames = argv.startsWith('stop')
      ? [{ status: 'ABORTED', waves: wavesOf([2]), outcomes: [failedOutcome(0)] } as const]
      : ONE_FAILED.frames;
    const options = { frames, earlier: [{ id: 'old' }] };
    const { host } = await run(argv, options, { columns: 80, env: { TERM: 'dumb' } });
    const lines = `${host.out}${host.err}`.split('\n');
    const isAddress = (line: string) => line.includes('https://');
    expect(lines.filter((line) => stringWidth(line) > 80 && !isAddress(line))).toEqual([]);
    expect(stripVTControlCharacters(host.out)).toBe(host.out);
  });

  test('progress on AWS is a bar on a terminal, and lines in a log', async () => {
    const { host } = await run('migrate:all-tenants --aws prod', ONE_FAILED, {
      columns: 80,
      env: { TERM: 'xterm-256color' },
    });
    expect(stripVTControlCharacters(host.err)).toContain('0/3  0%');
    expect(host.err).not.toContain('⏳ Wave');
  });
});
