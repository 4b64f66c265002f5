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
  test('prints what a run here prints', async () => {
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
Run run-1 on stack prod in eu-west-1. Ctrl-C detaches, and the run goes on.
Console: https://console.example.com/run-1
⏳ Wave 1: 0 of 2 done, 0 failed, 2 running
Run run-1 took 42 s.
Report: s3://runs/runs/run-1/report.html
`);
    expect(exitCode).toBe(0);
  });

  test('sends what was typed and no default of this machine', async () => {
    const { remote } = await run('migrate:all-tenants --aws prod --canary acme --strict', TWO_WELL);
    expect(remote.calls).toEqual([
      'start {"command":"migrate","waves":[{"tenants":["acme"],"canary":true}],"strict":true}',
    ]);
  });

  test('says what failed, and how to go on', async () => {
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', ONE_FAILED);
    expect(host.out).toContain('❌ Failed: 1\n\n1 failed, 1 cause:\n');
    expect(host.out).toMatch(/\n\nRetry with: fanfold migrate:retry run-1 --aws prod --redrive\n$/);
    expect(exitCode).toBe(1);
  });

  test('tells of waves and further rounds', async () => {
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
🔁 Wave 2, round 2: trying 2 tenant(s) again
`);
  });

  test('tells of tenants that became active meanwhile, once', async () => {
    const waves = wavesOf([2]);
    const grown = [...waves, { size: 1, canary: false, late: true } as const];
    const { host } = await run('migrate:all-tenants --aws prod', {
      frames: [
        { waves, rounds: 1, counts: { total: 2, running: 2 } },
        { waves: grown, rounds: 2, counts: { total: 1, running: 1 } },
        { status: 'SUCCEEDED', waves: grown, rounds: 2, outcomes: [migratedOutcome(0)] },
      ],
    });
    expect(host.out.match(/➕ 1 tenant became active meanwhile\n/g)).toHaveLength(1);
  });

  test('tells of a stopped run why', async () => {
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

  test('prints only the summary of a large fleet', async () => {
    const outcomes = Array.from({ length: 60 }, (_, index) => migratedOutcome(index));
    const frames = [{ status: 'SUCCEEDED', waves: wavesOf([60]), outcomes } as const];
    const { host } = await run('migrate:all-tenants --aws prod', { frames });
    expect(host.out).not.toContain('Migrating tenant');
    expect(host.out).toContain('✅ Successful: 60\n');
    const all = await run('migrate:all-tenants --aws prod --verbose', { frames });
    expect(all.host.out.match(/Migrating tenant/g)).toHaveLength(60);
  });

  test('says that another run is under way and that it did nothing', async () => {
    const message = 'Execution a-run is running, and the request says ifRunning: skip.';
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [{ status: 'SUCCEEDED', output: JSON.stringify({ message }) }],
    });
    expect(host.out).toContain(`⏩ ${message}\n`);
    expect(exitCode).toBe(0);
  });

  test('passes on what is worth knowing of the run', async () => {
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
    ['States.ItemReaderFailed', 'x', 'another: fanfold migrate:retry run-1 --aws prod\n', 3],
    ['RunExists', 'There is a run "run-1" already.', 'Start a run with another request.', 2],
    ['RunAppliedNothing', 'Run "a" is a plan.', 'Start a run with another request.', 2],
  ])('ends like %s', async (error, cause, text, exit) => {
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [{ status: 'FAILED', error, cause }],
    });
    expect(host.err).toContain(text);
    expect(exitCode).toBe(exit);
  });

  test('a run that was stopped elsewhere ends with 130 and says how to get its summary', async () => {
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [{ status: 'ABORTED', waves: wavesOf([2]) }],
    });
    expect(host.err).toContain('`fanfold stop run-1 --aws prod` makes it.');
    expect(exitCode).toBe(130);
    const early = await run('follow last --aws prod', { frames: [{ status: 'ABORTED' }] });
    expect(early.host.err).toContain('before its tenants were listed: none was touched.');
  });

  test('Ctrl-C detaches and says how to follow again', async () => {
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
      'Detached: run run-1 goes on. Follow it again: `fanfold follow run-1 --aws prod`.',
    );
    expect(exitCode).toBe(130);
  });

  test('looks at most once a second, and the less often the longer it takes', async () => {
    const frame = { waves: wavesOf([2]), rounds: 1, counts: { total: 2, running: 2 } };
    const frames = [...Array.from({ length: 200 }, () => frame), ...TWO_WELL.frames.slice(2)];
    const { remote } = await run('migrate:all-tenants --aws prod', { frames });
    expect(Math.min(...remote.pauses)).toBe(1_000);
    expect(remote.pauses.at(-1)).toBe(10_000);
  });

  test('goes on following where AWS does not answer for a while', async () => {
    const broken = new FanfoldError('AwsUnreachable', 'AWS cannot be reached.', {
      fault: 'configuration',
      nextStep: 'x',
      retryable: true,
    });
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [{ broken }, { broken }, ...TWO_WELL.frames],
    });
    expect(host.err.match(/AWS cannot be reached\. Still trying\./g)).toHaveLength(1);
    expect(exitCode).toBe(0);
  });

  test('gives up where AWS does not answer for five minutes, and the run goes on', async () => {
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

  test('says that the run goes on where following breaks off', async () => {
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

describe('who may only start runs', () => {
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
  ] as const)('is told what the execution says: %j', async (end, text, exit) => {
    const { host, exitCode } = await run('migrate:all-tenants --aws prod', {
      frames: [{ denied }, { denied, ...end }],
    });
    expect(host.out).toContain(text);
    expect(host.err.match(/progress of the run cannot be shown/g)).toHaveLength(1);
    expect(exitCode).toBe(exit);
  });
});

describe('options of this process with --aws', () => {
  test.each([
    ['--run-store /tmp/x', '--run-store has no meaning with --aws: runs are kept in'],
    ['--connect-timeout 3', '--connect-timeout has no meaning with --aws'],
    ['--tls off --ca x.pem', '--ca has no meaning with --aws'],
    ['--migrations other', '--migrations has no meaning with --aws'],
  ])('%s are refused with words', async (flags, text) => {
    const { host, exitCode } = await run(`migrate:all-tenants --aws prod ${flags}`, TWO_WELL);
    expect(host.err).toContain(text);
    expect(exitCode).toBe(2);
  });

  test('--if-running goes into the request, and is refused without a stack', async () => {
    const { remote } = await run('migrate:all-tenants --aws prod --if-running skip', TWO_WELL);
    expect(remote.calls).toEqual(['start {"command":"migrate","ifRunning":"skip"}']);
    const { exitCode } = await run('migrate:all-tenants --if-running skip', TWO_WELL);
    expect(exitCode).toBe(2);
  });

  test('are left alone where they come from the environment', async () => {
    const { exitCode } = await run('migrate:all-tenants --aws prod', TWO_WELL, {
      env: { FANFOLD_RUN_STORE: '/tmp/x' },
    });
    expect(exitCode).toBe(0);
  });

  test('a wrong request is refused before anything is started', async () => {
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
  test('lists what would run', async () => {
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
  test('names the tenants', async () => {
    const { remote } = await run('migrate:tenant acme beta --aws prod', TWO_WELL);
    expect(remote.calls).toEqual(['start {"command":"migrate","tenants":["acme","beta"]}']);
  });
});

describe('migrate:retry --aws', () => {
  const earlier = [{ id: 'old', status: 'FAILED' }] as const;
  const done = TWO_WELL.frames.slice(2);

  test('starts a new execution with retryOf and what is to be otherwise', async () => {
    const { remote, host } = await run('migrate:retry old --aws prod --concurrency 2', {
      frames: done,
      earlier,
    });
    expect(remote.calls).toEqual(['start {"maxConcurrency":2,"retryOf":"old"}']);
    expect(host.out).toContain('🚀 Retrying what run old left...\n');
  });

  test('--redrive goes on with the execution', async () => {
    const { remote, host } = await run('migrate:retry old --aws prod --redrive', {
      frames: done,
      earlier,
    });
    expect(remote.calls).toEqual(['redrive old']);
    expect(host.out).toContain('🚀 Going on with run old...\n');
  });

  test('--redrive is not taken for failed while AWS still shows how it was', async () => {
    const { exitCode } = await run('migrate:retry last --aws prod --redrive', {
      frames: [ONE_FAILED.frames[1] ?? {}, ONE_FAILED.frames[1] ?? {}, ...TWO_WELL.frames],
    });
    expect(exitCode).toBe(0);
  });

  test('--redrive tells of the tenants that it runs, and not of those that were done', async () => {
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

  test('of "last" takes a rollback, too, and passes over a plan', async () => {
    const { remote } = await run('migrate:retry last --aws prod', {
      frames: done,
      request: { command: 'rollback', run: 'older' },
      earlier,
    });
    expect(remote.calls).toEqual(['start {"retryOf":"run-0"}']);
  });

  test.each(['migrate:retry last', 'follow last'])(
    '%s of a rollback says that it was one',
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

  test('takes the ARN that the console shows', async () => {
    const arn = 'arn:aws:states:eu-west-1:123456789012:execution:fanfold:old';
    const { remote } = await run(`migrate:retry ${arn} --aws prod`, { frames: done, earlier });
    expect(remote.calls).toEqual(['start {"retryOf":"old"}']);
  });

  test.each([
    [{ status: 'SUCCEEDED' }, 'Run old has succeeded, so there is nothing to redrive.'],
    [{ status: 'RUNNING' }, 'Run old is still under way'],
    [
      { stoppedAt: new Date('2026-11-01T00:00:00Z') },
      'Run old ended on 2026-11-01; AWS redrives within 14 days.',
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
    ['migrate:retry last --redrive', '--redrive goes on with an execution of Step Functions'],
    ['migrate:retry last --aws prod --redrive --concurrency 2', '--concurrency would change'],
  ])('%s is refused', async (argv, text) => {
    const { host, exitCode } = await run(argv, { frames: done });
    expect(host.err).toContain(text);
    expect(exitCode).toBe(2);
  });

  test('without a name lists the newest', async () => {
    const { host, exitCode } = await run('migrate:retry --aws prod', { frames: done, earlier });
    expect(host.err).toContain('  old  2026-11-23 08:00:00 UTC  FAILED\n');
    expect(exitCode).toBe(2);
  });
});

describe('follow', () => {
  test.each(['follow last --aws prod', 'follow run-0 --aws prod'])(
    '%s shows a run to its end',
    async (argv) => {
      const { host, exitCode, remote } = await run(argv, TWO_WELL);
      expect(host.out).toContain('✅ Successful: 2\n');
      expect(exitCode).toBe(0);
      expect(remote.calls).toEqual([]);
    },
  );

  test('shows a run that is over at once, with its exit code', async () => {
    const { remote, exitCode } = await run('follow last --aws prod', {
      frames: ONE_FAILED.frames.slice(1),
    });
    expect(remote.pauses).toEqual([]);
    expect(exitCode).toBe(1);
  });

  test('--json prints one event a line and nothing else', async () => {
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

  test('wants a stack', async () => {
    const { host, exitCode } = await run('follow last', TWO_WELL);
    expect(host.err).toContain("required option '--aws <stack>' not specified");
    expect(exitCode).toBe(2);
  });
});

describe('"last" while a run is under way', () => {
  const skipped = { status: 'SUCCEEDED' } as const;
  const running = [{ id: 'long', status: 'RUNNING', stoppedAt: undefined }] as const;

  test.each([
    ['throttle last --aws prod --max-concurrency 5', 'throttle map-0 5'],
    ['stop last --aws prod', 'stop long'],
  ])('%s means that run, and not one that gave way to it since', async (argv, call) => {
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
  ])('%s is the run %s', async (name, id) => {
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
  test('stops, waits for the end, has the summary made and prints it', async () => {
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

  test('makes the summary of a run that was stopped elsewhere, once', async () => {
    const waves = wavesOf([2]);
    const frame = { status: 'ABORTED', waves, outcomes: [] } as const;
    const first = await run('stop last --aws prod', { frames: [frame] });
    expect(first.remote.calls).toEqual(['close run-0']);
    const state = { status: 'interrupted', finishedAt: '2026-11-23T08:01:00Z' } as const;
    const again = await run('stop last --aws prod', { frames: [{ ...frame, state }] });
    expect(again.remote.calls).toEqual([]);
    expect(again.host.out).toContain('📊 Migration Summary');
  });

  test('refuses a run that ended by itself', async () => {
    const { host, exitCode } = await run('stop last --aws prod', {
      frames: [{ status: 'SUCCEEDED' }],
    });
    expect(host.err).toContain('Run run-0 is over already: SUCCEEDED.');
    expect(exitCode).toBe(2);
  });
});

describe('throttle', () => {
  test('changes the round that is under way', async () => {
    const { host, exitCode, remote } = await run('throttle last --aws prod --max-concurrency 5', {
      frames: [{ rounds: 2 }],
    });
    expect(remote.calls).toEqual(['throttle map-0 5']);
    expect(host.out).toBe('🐢 Run run-0: 5 tenant(s) at a time, before 50\n');
    expect(exitCode).toBe(0);
  });

  test.each([
    [{}, 'Run run-0 migrates no tenant at this moment.'],
    [{ rounds: 1, roundStatus: 'SUCCEEDED' }, 'Run run-0 migrates no tenant at this moment.'],
    [{ status: 'FAILED' }, 'Run run-0 is over already: FAILED.'],
  ] as const)('of %j is refused', async (frame, text) => {
    const { host, exitCode } = await run('throttle last --aws prod --max-concurrency 5', {
      frames: [frame],
    });
    expect(host.err).toContain(text);
    expect(exitCode).toBe(2);
  });

  test('wants at least 1: 0 would be no limit at all', async () => {
    const { exitCode } = await run('throttle last --aws prod --max-concurrency 0', { frames: [] });
    expect(exitCode).toBe(2);
  });
});

describe('how it looks', () => {
  test.each([
    'migrate:all-tenants --aws prod',
    'migrate:retry old --aws prod',
    'stop last --aws prod',
    'throttle last --aws prod --max-concurrency 5',
  ])('%s fits into 80 columns, plain with NO_COLOR', async (argv) => {
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

  test('a terminal gets a bar, a log lines', async () => {
    const { host } = await run('migrate:all-tenants --aws prod', ONE_FAILED, {
      columns: 80,
      env: { TERM: 'xterm-256color' },
    });
    expect(stripVTControlCharacters(host.err)).toContain('0/3  0%');
    expect(host.err).not.toContain('⏳ Wave');
  });
});
