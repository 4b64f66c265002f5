import { expect, it } from 'vitest';
import type { ApprovalDecision } from '../../../src/core/rollout/rollout.ts';
import {
  halted,
  isHeldStop,
  neverOpens,
  stopOfDecision,
} from '../../../src/core/rollout/rollout-stop.ts';

const at = '2026-11-23T05:58:00.000Z';

it.each<[string, Partial<ApprovalDecision>, string]>([
  ['with a reason', { by: 'ada', why: 'slow' }, 'Wave 2 was rejected by ada: slow.'],
  [
    'with a whole sentence',
    { by: 'ada', why: 'Too slow!' },
    'Wave 2 was rejected by ada: Too slow!',
  ],
  ['without a reason', { by: 'ada' }, 'Wave 2 was rejected by ada.'],
  ['by nobody known', {}, 'Wave 2 was rejected by somebody.'],
])('a wave that was rejected %s ends the run with one full stop', (_, given, message) => {
  const stop = stopOfDecision({ wave: 2, verdict: 'rejected', at, ...given });
  expect(stop).toEqual({ reason: 'rejected', message });
});

it('only an approval does not end the run', () => {
  expect(stopOfDecision({ wave: 3, verdict: 'approved', by: 'ada', at })).toBeUndefined();
  expect(stopOfDecision({ wave: 3, verdict: 'expired', at })).toMatchObject({
    reason: 'expired',
    message: expect.stringContaining('wave 3'),
  });
});

it('a run was held if a watch, a window, a rejection or the time ended it, and else not', () => {
  const expired = stopOfDecision({ wave: 2, verdict: 'expired', at });
  const rejected = stopOfDecision({ wave: 2, verdict: 'rejected', at });
  for (const stop of [halted('It is slow.'), neverOpens(2), expired, rejected]) {
    expect(isHeldStop(stop)).toBe(true);
  }
  const message = 'x';
  expect(isHeldStop({ reason: 'interrupted', message })).toBe(false);
  expect(isHeldStop({ reason: 'error', message })).toBe(false);
  expect(isHeldStop(undefined)).toBe(false);
});
