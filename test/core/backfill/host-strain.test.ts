import { describe, expect, it } from 'vitest';
import { type HostLoad, strainOf, unreadSigns } from '../../../src/core/backfill/host-strain.ts';

const IDLE: HostLoad = { running: 0, history: 0, replicaLag: 0, commitMs: 1 };

describe('the strain of a server', () => {
  it.each<[Partial<HostLoad>, number, string[]]>([
    [{}, 1, []],
    [{ running: 25, history: 100_000, replicaLag: 5, commitMs: 100 }, 1, []],
    [{ running: 26 }, 0.1, ['running']],
    [{ history: 100_001 }, 0.1, ['history']],
    [{ commitMs: 101 }, 0.1, ['commitMs']],
    [{ running: 400, commitMs: 300 }, 0.1, ['running', 'commitMs']],
    // A replica catches up only while nothing is added.
    [{ replicaLag: 6 }, 0, ['replicaLag']],
    [{ replicaLag: 6, running: 400 }, 0, ['running', 'replicaLag']],
    // A sign that nobody can read holds nothing up.
    [{ running: undefined, history: undefined, replicaLag: undefined }, 1, []],
  ])('with %j leaves at most %d of the time', (load, most, because) => {
    expect(strainOf({ ...IDLE, ...load })).toEqual({ most, because });
  });

  it('names the signs that cannot be read', () => {
    expect(unreadSigns(IDLE)).toEqual([]);
    expect(unreadSigns({ ...IDLE, history: undefined, replicaLag: undefined })).toEqual([
      'history',
      'replicaLag',
    ]);
  });
});
