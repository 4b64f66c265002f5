import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planWaves } from '../../../src/core/list/plan-waves.ts';
import { type ResolvedWave, resolveWaves } from '../../../src/core/list/resolve-waves.ts';
import { collect, directoryOf, fleetOf, idOf, stream } from '../../support/fleet.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

async function wavesOf(total: number, waves: readonly ResolvedWave[]) {
  const numbers = Array.from({ length: total }, (_, number) => number);
  const members = await collect(
    planWaves(waves, { count: async () => total, ids: () => stream(numbers.map(idOf)) }),
  );
  const lists: { canary: boolean; numbers: number[] }[] = [];
  for (const { wave, canary, id } of members) {
    // Waves come one after the other, and their numbers have no gap.
    expect([lists.length, lists.length + 1]).toContain(wave);
    lists[wave - 1] ??= { canary, numbers: [] };
    lists[wave - 1]?.numbers.push(Number(id.slice(-12)));
    expect(lists[wave - 1]?.canary).toBe(canary);
  }
  return lists;
}

describe('planWaves', () => {
  it('planWaves makes one wave of all tenants if none is requested', async () => {
    expect(await wavesOf(3, [])).toEqual([{ canary: false, numbers: [0, 1, 2] }]);
  });

  it('planWaves makes no wave without tenants', async () => {
    expect(await wavesOf(0, [{ percentage: 10 }, { ids: [] }])).toEqual([]);
  });

  it('planWaves puts named tenants first and lets the rest follow', async () => {
    expect(await wavesOf(4, [{ ids: [idOf(2), idOf(0)] }])).toEqual([
      { canary: true, numbers: [2, 0] },
      { canary: false, numbers: [1, 3] },
    ]);
  });

  it('planWaves rounds shares of the whole list up, and takes them from tenants that are not named', async () => {
    expect(
      await wavesOf(10, [
        { percentage: 15, canary: true },
        { ids: [idOf(0), idOf(9)], canary: false },
        { percentage: 30 },
      ]),
    ).toEqual([
      { canary: true, numbers: [1, 2] },
      { canary: false, numbers: [0, 9] },
      { canary: false, numbers: [3, 4, 5] },
      { canary: false, numbers: [6, 7, 8] },
    ]);
  });

  it('planWaves drops empty waves and counts on', async () => {
    expect(await wavesOf(2, [{ ids: [] }, { percentage: 100 }, { percentage: 50 }])).toEqual([
      { canary: false, numbers: [0, 1] },
    ]);
  });

  it('planWaves puts every tenant into exactly one wave, whatever is requested', async () => {
    const wave = fc.oneof(
      fc.record({ percentage: fc.double({ min: 0.01, max: 100, noNaN: true }) }),
      fc.record({ ids: fc.array(fc.nat({ max: 19 }).map(idOf), { maxLength: 6 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(wave, { maxLength: 5 }), async (waves) => {
        const lists = await wavesOf(20, waves);
        const all = lists.flatMap(({ numbers }) => numbers).sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: 20 }, (_, number) => number));
      }),
    );
  });

  it('planWaves closes the listing when its reader leaves early', async () => {
    let isClosed = false;
    async function* ids() {
      try {
        for (let number = 0; ; number += 1) yield idOf(number);
      } finally {
        isClosed = true;
      }
    }
    for await (const { id } of planWaves([], { count: async () => 0, ids })) {
      if (id === idOf(5)) break;
    }
    expect(isClosed).toBe(true);
  });
});

describe('resolveWaves', () => {
  const directory = directoryOf(fleetOf(4));
  const among = async () => new Set([idOf(1), idOf(2)]);

  it('resolveWaves leaves out names that the run does not list', async () => {
    const waves = [{ tenants: ['tenant-000', 'tenant-001', idOf(2)] }, { percentage: 10 }];
    expect(await resolveWaves(waves, { among }, directory)).toEqual([
      { ids: [idOf(1), idOf(2)], percentage: undefined, canary: undefined },
      { percentage: 10, canary: undefined },
    ]);
  });

  it('resolveWaves refuses a canary that does not exist', async () => {
    const waves = [{ tenants: ['tenant-000', 'nobody'] }];
    expect(await rejectionOf(resolveWaves(waves, { among }, directory))).toMatchObject({
      code: 'TenantUnknown',
    });
  });
});
