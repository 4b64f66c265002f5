import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WaveStanding } from '../../../src/core/reduce/wave-standing.ts';
import type { Wave } from '../../../src/core/run-store.ts';
import { nextRound } from '../../../src/core/states/next-round.ts';
import { requestOf } from '../../support/fleet.ts';
import { roundOf } from '../../support/step-run-store-contract.ts';

function standing(size: number, differing: Partial<WaveStanding> = {}): WaveStanding {
  return { size, reported: size, settled: size, failed: 0, retryable: 0, ...differing };
}

const wave = (size: number, differing: Partial<Wave> = {}): Wave => ({
  size,
  canary: false,
  ...differing,
});
const named = { tenants: ['acme-corp'] };

describe('what follows a round', () => {
  const settle = (
    waves: readonly Wave[],
    standings: readonly WaveStanding[],
    differing: Partial<Parameters<typeof nextRound>[0]> & {
      round?: Partial<ReturnType<typeof roundOf>>;
    } = {},
  ) => {
    const { round, ...rest } = differing;
    return nextRound({
      request: requestOf(named),
      waves,
      reduced: { round: roundOf(round), waves: standings },
      breakerTripped: false,
      resumed: false,
      ...rest,
    });
  };

  it('a tenant without an outcome is not counted as done in the next round', () => {
    const standings = [standing(3, { reported: 2, settled: 2 })];
    expect(settle([wave(3)], standings)).toEqual({ next: 'failed' });
    const request = requestOf({ ...named, toleratedFailureCount: 0 });
    expect(settle([wave(3)], standings, { request })).toMatchObject({
      stopped: { reason: 'breaker', message: '1 tenant has failed and none is tolerated.' },
    });
  });

  it('the next round lists once more after the last wave of the whole fleet, and only then', () => {
    const request = requestOf();
    const two = [wave(1), wave(1)];
    const standings = [standing(1), standing(1, { reported: 0, settled: 0 })];
    expect(settle(two, standings, { request })).toMatchObject({
      next: { wave: 2, round: 1, members: 'wave', retriesFrom: 2 },
    });
    const through = [standing(1), standing(1)];
    expect(settle(two, through, { request, round: { wave: 2, round: 3 } })).toMatchObject({
      next: { wave: 3, round: 1, members: 'late' },
    });
    // Nobody was late, or somebody was.
    const late = { wave: 3, members: 'late' } as const;
    expect(settle(two, through, { request, round: late })).toEqual({ next: 'done' });
    const three = [...two, wave(4, { late: true })];
    const all = [...through, standing(4)];
    expect(settle(three, all, { request, round: late })).toEqual({ next: 'done' });
    expect(settle(two, through, { round: { wave: 2 } })).toEqual({ next: 'done' });
  });

  it('the next round mentions no other waves if a canary was the last one', () => {
    const failing = [standing(2, { settled: 1, failed: 1 })];
    expect(settle([wave(2, { canary: true })], failing)).toEqual({ next: 'failed' });
    const canaries = [wave(2, { canary: true }), wave(5)];
    const both = [...failing, standing(5, { reported: 0, settled: 0 })];
    expect(settle(canaries, both)).toMatchObject({
      stopped: {
        reason: 'canary',
        message: '1 of 2 canary tenants failed, so the other waves were not started.',
      },
    });
  });

  it('the next round is decided for every combination of what is known', () => {
    const anyWave = fc
      .record({
        size: fc.integer({ min: 1, max: 20 }),
        canary: fc.boolean(),
        parts: fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.nat(20)),
      })
      .map(({ size, canary, parts: [a, b, c, d] }) => {
        const reported = Math.min(a, size);
        const failed = Math.min(b, reported);
        const retryable = Math.min(c, failed);
        const settled = Math.min(d, reported - failed);
        return {
          wave: wave(size, { canary }),
          standing: { size, reported, settled, failed, retryable },
        };
      });
    const anyEnd = fc.record({
      waves: fc.array(anyWave, { minLength: 1, maxLength: 4 }),
      at: fc.nat({ max: 3 }),
      number: fc.integer({ min: 1, max: 5 }),
      automatic: fc.nat({ max: 4 }),
      automaticRetries: fc.nat({ max: 3 }),
      tolerated: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
      breakerTripped: fc.boolean(),
      resumed: fc.boolean(),
      everybody: fc.boolean(),
    });
    fc.assert(
      fc.property(anyEnd, (end) => {
        const { waves, automatic, automaticRetries, breakerTripped, resumed } = end;
        const last = (end.at % waves.length) + 1;
        const round = roundOf({ wave: last, round: end.number, automatic });
        const decided = nextRound({
          request: requestOf({
            automaticRetries,
            toleratedFailureCount: end.tolerated,
            ...(!end.everybody && named),
          }),
          waves: waves.map((one) => one.wave),
          reduced: { round, waves: waves.map((one) => one.standing) },
          breakerTripped,
          resumed,
        });
        const entered = waves.slice(0, last).map((one) => one.standing);
        const open = entered.reduce((sum, one) => sum + one.size - one.settled, 0);
        const { next } = decided;
        if (resumed && open > 0) expect(next).toMatchObject({ members: 'left', wave: last });
        if (next === 'done') expect([open, last]).toEqual([0, waves.length]);
        if (next === 'done' || next === 'failed') {
          expect(next === 'failed').toBe(open > 0 || breakerTripped);
          return;
        }
        expect(next.failedElsewhere).toBeGreaterThanOrEqual(0);
        if (next.wave === last) expect(next.round).toBe(end.number + 1);
        else expect(next).toMatchObject({ wave: last + 1, round: 1, automatic: 0 });
        if (next.members === 'retryable') {
          expect(next.automatic).toBe(automatic + 1);
          expect(next.automatic).toBeLessThanOrEqual(automaticRetries);
        }
        // Nothing goes on by itself after a stop.
        if (!resumed) expect(breakerTripped).toBe(false);
      }),
    );
  });
});
