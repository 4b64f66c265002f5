import { expect, it } from 'vitest';
import {
  checkWaiting,
  decidedBefore,
  type WaitingRun,
} from '../../../src/core/rollout/check-waiting.ts';
import type { HeldWave } from '../../../src/core/rollout/rollout.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const NOW = Date.parse('2026-11-30T10:00:00.000Z');
const held: HeldWave = {
  wave: 2,
  gate: 'approval',
  message: 'Waits for an approval.',
  since: '2026-11-30T09:00:00.000Z',
  needsApproval: true,
};
const decision = {
  wave: 1,
  verdict: 'approved',
  by: 'ada',
  at: '2026-11-30T09:00:00.000Z',
} as const;

function waiting(differing: Partial<HeldWave> = {}): WaitingRun {
  return {
    runId: 'run-1',
    rollout: { held: { ...held, ...differing }, decisions: [] },
    isOver: false,
    now: NOW,
    retry: 'fanfold migrate:retry run-1',
  };
}

it.each<[string, Partial<HeldWave>]>([
  ['without an end', {}],
  ['until later', { until: '2026-11-30T10:00:00.001Z' }],
  ['in a process that was seen a minute ago', { seenAt: '2026-11-30T09:59:00.000Z' }],
])('a wave that waits for an approval %s can be decided', (_, differing) => {
  expect(checkWaiting(waiting(differing))).toEqual({ ...held, ...differing });
});

it.each<[string, WaitingRun, string, RegExp]>([
  ['has ended', { ...waiting(), isOver: true }, 'RunNotWaiting', /it has ended\.$/],
  [
    'has ended after a decision',
    { ...waiting(), isOver: true, rollout: { decisions: [decision] } },
    'RunNotWaiting',
    /it has ended\. Wave 1 was approved by ada at /,
  ],
  ['is not held', { ...waiting(), rollout: undefined }, 'RunNotWaiting', /no wave of it is held/],
  [
    'is held by another gate',
    waiting({ gate: 'bake', message: 'Bakes until 11:00.' }),
    'RunNotWaiting',
    /: Bakes until 11:00\.$/,
  ],
  ['waited too long', waiting({ until: '2026-11-30T10:00:00.000Z' }), 'ApprovalOver', /until 2026/],
  [
    'was killed',
    waiting({ seenAt: '2026-11-30T09:58:59.999Z' }),
    'RunNotWaiting',
    /was last seen at 2026-11-30T09:58:59\.999Z/,
  ],
])('a decision about a run that %s is refused with the next step', (_, run, code, message) => {
  expect(thrownBy(() => checkWaiting(run))).toMatchObject({
    code,
    fault: 'usage',
    message: expect.stringMatching(message),
    nextStep: expect.stringMatching(/\w/),
  });
});

it.each([
  [{ ...decision, verdict: 'rejected' } as const, /Wave 1 of run run-1 was rejected by ada at/],
  [{ ...decision, by: undefined }, /approved by somebody at/],
  [{ ...decision, verdict: 'expired' } as const, /given up at .*, because nobody had decided/],
])('a second decision is refused with the first one: %j', (first, message) => {
  expect(decidedBefore('run-1', first)).toMatchObject({
    code: 'ApprovalOver',
    message: expect.stringMatching(message),
  });
});
