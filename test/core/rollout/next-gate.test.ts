import { describe, expect, it, test } from 'vitest';
import { type GateFacts, looksOf, nextGate } from '../../../src/core/rollout/next-gate.ts';

const OPEN: GateFacts = {
  now: 1_000_000,
  bakedAt: undefined,
  bakeMs: 0,
  isWatched: false,
  startsAt: 1_000_000,
  needsApproval: false,
};

describe('the gates of a wave', () => {
  it('a wave that nothing holds begins', () => {
    expect(nextGate(OPEN)).toEqual({ gate: 'open' });
  });

  it('the gates of a wave come in the order bake, window, approval', () => {
    const all = {
      ...OPEN,
      bakedAt: 1_600_000,
      bakeMs: 600_000,
      startsAt: 5_000_000,
      needsApproval: true,
    };
    expect(nextGate(all).gate).toBe('bake');
    expect(nextGate({ ...all, now: 1_600_000 }).gate).toBe('window');
    expect(nextGate({ ...all, now: 5_000_000 }).gate).toBe('approval');
    expect(nextGate({ ...all, now: 5_000_000, needsApproval: false }).gate).toBe('open');
  });

  it('an approved wave is held once more if the window has closed meanwhile', () => {
    expect(nextGate({ ...OPEN, startsAt: 9_000_000 })).toEqual({
      gate: 'window',
      until: 9_000_000,
    });
  });

  it('a wave never begins if no window opens', () => {
    expect(nextGate({ ...OPEN, startsAt: undefined, needsApproval: true })).toEqual({
      gate: 'never',
    });
  });

  test.each([
    ['a wave sleeps through a bake that is not watched', false, 3_600_000, 3_600_000],
    ['a wave looks every tenth of a watched bake', true, 3_600_000, 360_000],
    ['a wave looks every minute at most', true, 300_000, 60_000],
    ['a wave looks once at the end of a short bake', true, 5_000, 5_000],
  ])('%s', (_, isWatched, bakeMs, sleep) => {
    const facts = { ...OPEN, isWatched, bakeMs, bakedAt: OPEN.now + bakeMs };
    expect(nextGate(facts)).toEqual({
      gate: 'bake',
      lookAt: OPEN.now + sleep,
      until: OPEN.now + bakeMs,
    });
    const last = { ...facts, now: OPEN.now + bakeMs - 1 };
    expect(nextGate(last)).toMatchObject({ lookAt: OPEN.now + bakeMs });
  });

  it('a watched bake is looked at ten times, however long it is', () => {
    expect([0, 1, 60_000, 61_000, 300_000, 86_400_000].map((ms) => looksOf(ms, true))).toEqual([
      0, 1, 1, 2, 5, 10,
    ]);
    expect(looksOf(86_400_000, false)).toBe(1);
  });
});
