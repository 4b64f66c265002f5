import { describe, expect, it, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import type { ApprovalDecision, HeldWave, Rollout } from '../../src/core/rollout/rollout.ts';
import { fakeFleet } from './support/fake-fleet.ts';
import { fakeHost } from './support/fake-host.ts';
import {
  type FakeRemoteOptions,
  fakeRemote,
  migratedOutcome,
  wavesOf,
} from './support/fake-remote.ts';

const UNTIL = '2099-11-24T08:00:00.000Z';
const HELD: HeldWave = {
  wave: 2,
  gate: 'approval',
  message: 'Wave 2 waits for an approval.',
  since: '2026-11-23T08:00:00.000Z',
  until: UNTIL,
  needsApproval: true,
};
const BAKING: HeldWave = { ...HELD, gate: 'bake', message: 'Wave 2 waits for the bake of 30 min.' };
const ADA = 'arn:aws:iam::123456789012:user/ada';
const APPROVED: ApprovalDecision = {
  wave: 2,
  verdict: 'approved',
  by: ADA,
  why: 'fine',
  at: '2026-11-23T08:30:00.000Z',
};
const WAVES = wavesOf([1, 1]);

interface Given extends FakeRemoteOptions {
  /** The answer of Step Functions to the token. Default: it takes the decision. */
  readonly send?: () => Promise<void>;
}

async function run(argv: readonly string[], { send = async () => {}, ...options }: Given) {
  const host = fakeHost();
  const { wiring } = await fakeFleet([]);
  const { access } = fakeRemote(options);
  const sent: [string, ApprovalDecision][] = [];
  const exitCode = await runCli([...argv], host, () => ({
    ...wiring,
    remote: async () => access,
    remoteApprovals: async () => ({
      ...access,
      store: { ...access.store, readApprovalToken: async () => ({ wave: 2, token: 'token' }) },
      approvals: {
        caller: async () => ADA,
        send: async (token, decision) => {
          await send();
          sent.push([token, decision]);
        },
      },
    }),
  }));
  return { out: host.out, err: host.err.replace(/\s+/g, ' '), exitCode, sent };
}

const waiting = (
  rollout?: Rollout,
  status: 'RUNNING' | 'FAILED' = 'RUNNING',
): FakeRemoteOptions => ({
  frames: [{ status, waves: WAVES, wavesEntered: 1, ...(rollout && { rollout }) }],
  request: { approval: 'canary', waves: [{ tenants: ['acme'] }] },
});

describe('a run on AWS that waits', () => {
  test('follow prints each wait once, what to type, and who decided', async () => {
    const decisions: ApprovalDecision[] = [];
    const { out, exitCode } = await run(['follow', 'last', '--aws', 'prod'], {
      frames: [
        { waves: WAVES, wavesEntered: 1, rollout: { decisions, held: BAKING } },
        { waves: WAVES, wavesEntered: 1, rollout: { decisions, held: BAKING } },
        { waves: WAVES, wavesEntered: 1, rollout: { decisions, held: HELD } },
        { waves: WAVES, wavesEntered: 1, rollout: { decisions, held: HELD } },
        { waves: WAVES, wavesEntered: 2, rollout: { decisions: [APPROVED] } },
        {
          status: 'SUCCEEDED',
          waves: WAVES,
          rollout: { decisions: [APPROVED] },
          outcomes: [migratedOutcome(0), migratedOutcome(1)],
          output: '{"total":2}',
        },
      ],
      request: { approval: 'canary', bakeMinutes: 30 },
    });
    expect(exitCode).toBe(0);
    expect(out.match(/waits for the bake/g)).toHaveLength(1);
    expect(out.match(/waits for an approval/g)).toHaveLength(1);
    expect(out).toMatch(/ {3}Approve: fanfold approve \S+ --why <reason> --aws prod\n/);
    expect(out).toMatch(/ {3}Console: https:\/\//);
    expect(out.replace(/\s+/g, ' ')).toContain(`👍 Wave 2 was approved by ${ADA}: fine`);
  });

  test('approve sends the token with the caller and the reason', async () => {
    const { out, exitCode, sent } = await run(
      ['approve', 'last', '--why', '  looks\nfine ', '--aws', 'prod'],
      waiting({ decisions: [], held: HELD }),
    );
    expect(exitCode).toBe(0);
    expect(out).toMatch(/✅ Wave 2 of run \S+ is approved and begins\.\n/);
    expect(sent).toEqual([
      [
        'token',
        expect.objectContaining({ wave: 2, verdict: 'approved', by: ADA, why: 'looks fine' }),
      ],
    ]);
  });

  const over = new FanfoldError('ApprovalOver', 'Wave 2 does not wait any more.', {
    fault: 'usage',
    nextStep: 'Look.',
  });
  const denied = new FanfoldError('AwsAccessDenied', 'AWS does not allow you to approve a wave', {
    fault: 'configuration',
    nextStep: 'Ask for it.',
  });
  it.each([
    [
      'a run that bakes',
      waiting({ decisions: [], held: BAKING }),
      2,
      'No run waits for an approval.',
    ],
    ['a run that was never held', waiting(), 2, 'No run waits for an approval.'],
    [
      'a run that has ended',
      waiting({ decisions: [], held: HELD }, 'FAILED'),
      2,
      'No run waits for an approval.',
    ],
    [
      'a wave whose time is up',
      waiting({ decisions: [], held: { ...HELD, until: '2026-11-23T08:00:00.000Z' } }),
      2,
      'could be approved until 2026-11-23T08:00:00.000Z',
    ],
    [
      'a wave that somebody else has just decided',
      { ...waiting({ decisions: [], held: HELD }), send: () => Promise.reject(over) },
      2,
      'does not wait any more',
    ],
    [
      'the right to decide missing',
      { ...waiting({ decisions: [], held: HELD }), send: () => Promise.reject(denied) },
      3,
      'AWS does not allow you to approve a wave',
    ],
  ])('approve is refused with %s', async (_, given, expectedCode, expected) => {
    const { err, exitCode, sent } = await run(
      ['approve', 'last', '--why', 'fine', '--aws', 'prod'],
      given,
    );
    expect(err).toContain(expected);
    expect(exitCode).toBe(expectedCode);
    expect(sent).toEqual([]);
  });

  it.each([
    [['--window', '0 0 31 2 * for 8h'], 'leave no time to begin'],
    [['--watch', 'true'], 'a run on AWS has no shell'],
  ])(
    'migrate:all-tenants --aws refuses %j before it starts an execution',
    async (flags, expected) => {
      const { err, exitCode } = await run(
        ['migrate:all-tenants', '--aws', 'prod', ...flags],
        waiting(),
      );
      expect(err).toContain(expected);
      expect(exitCode).toBe(2);
    },
  );
});
