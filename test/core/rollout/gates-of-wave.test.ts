import { describe, expect, it } from 'vitest';
import type { RunRequest } from '../../../src/core/request.ts';
import { gatesOfWave } from '../../../src/core/rollout/gates-of-wave.ts';
import type { HeldWave } from '../../../src/core/rollout/rollout.ts';
import { firstWave, laterWave } from '../../../src/core/rollout/wave-facts.ts';
import { requestOf } from '../../support/fleet.ts';

const WAVES = [
  { size: 1, canary: true },
  { size: 5, canary: false },
  { size: 9, canary: false },
  { size: 2, canary: false, late: true as const },
];
const HELD: HeldWave = {
  wave: 2,
  gate: 'approval',
  message: 'Wave 2 waits for an approval.',
  since: '2026-11-30T12:00:00.000Z',
  needsApproval: true,
};

const approves = (request: Partial<RunRequest>) =>
  [1, 2, 3, 4].map((wave) => {
    const facts = wave === 1 ? firstWave(undefined) : laterWave(wave, WAVES);
    return gatesOfWave(requestOf(request), facts)?.needsApproval ?? false;
  });

describe('the gates before a wave', () => {
  it('a wave has no gates without a request for them', () => {
    for (const wave of [2, 3, 4]) {
      expect(gatesOfWave(requestOf({}), laterWave(wave, WAVES))).toBeUndefined();
    }
    expect(gatesOfWave(requestOf({}), firstWave(undefined))).toBeUndefined();
  });

  it('a wave needs an approval after a canary, or always but for the first and the late one', () => {
    expect(approves({ approval: 'canary' })).toEqual([false, true, false, false]);
    expect(approves({ approval: 'waves' })).toEqual([false, true, true, false]);
    expect(approves({ approval: 'none' })).toEqual([false, false, false, false]);
  });

  it('the first wave is held by windows and freezes alone', () => {
    const request = requestOf({
      bakeMinutes: 5,
      watch: { command: 'true' },
      windows: ['02:00-04:00'],
    });
    expect(gatesOfWave(request, firstWave(undefined))).toEqual({
      bakeMs: 0,
      isWatched: false,
      comparesDigests: false,
      hasTimes: true,
      needsApproval: false,
    });
  });

  it('the first wave of a retry is held by the gates at which the earlier run ended', () => {
    const request = requestOf({ approval: 'canary', watch: { command: 'true' } });
    const gatesAfter = (held: HeldWave | undefined) =>
      gatesOfWave(request, firstWave({ held, decisions: [] }));
    expect(gatesAfter(HELD)).toMatchObject({ needsApproval: true, isWatched: true });
    expect(gatesAfter({ ...HELD, gate: 'bake' })).toMatchObject({ needsApproval: true });
    expect(gatesAfter({ ...HELD, needsApproval: false })).toMatchObject({ needsApproval: false });
    expect(gatesAfter(undefined)).toBeUndefined();
    const waived = requestOf({ approval: 'none' });
    expect(gatesOfWave(waived, firstWave({ held: HELD, decisions: [] }))).toBeUndefined();
  });

  it.each(['plan', 'rollback'] as const)('a wave of a %s has no gates', (command) => {
    const request = requestOf({
      command,
      approval: 'waves',
      bakeMinutes: 1,
      windows: ['02:00-04:00'],
    });
    expect(gatesOfWave(request, laterWave(2, WAVES))).toBeUndefined();
  });
});
