import { describe, expect, it } from 'vitest';
import { type HostLoad, strainOf, unreadSigns } from '../../../src/core/backfill/host-strain.ts';
import type { ReplicaLag } from '../../../src/core/replicas/replica-standing.ts';

const IDLE: HostLoad = {
  running: 0,
  history: 0,
  replicaLag: 0,
  applierQueue: 0,
  replicas: [],
  commitMs: 1,
};
const ofReplica = (lag: ReplicaLag) => ({ replicas: [{ replica: 'r1:3306', lag }] });

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
    [{ applierQueue: 2_500 }, 1, []],
    [{ applierQueue: 2_501 }, 0, ['replicaLag']],
    [ofReplica({ seconds: 5 }), 1, []],
    [ofReplica({ seconds: 5.1 }), 0, ['replicaLag']],
    [ofReplica({ stopped: 'its SQL thread is stopped' }), 0, ['replicaLag']],
    // Somebody has named it, and nobody knows.
    [ofReplica({ unread: 'ConnectionRefused' }), 0.1, ['replicaLag']],
    // A sign that nobody can read holds nothing up.
    [{ running: undefined, history: undefined, replicaLag: undefined }, 1, []],
  ])('with %j leaves at most %d of the time', (load, most, because) => {
    expect(strainOf({ ...IDLE, ...load })).toMatchObject({ most, because });
  });

  it('names the configured replicas that are late, stopped or unread, and no others', () => {
    const replicas = [
      { replica: 'r1:3306', lag: { seconds: 12.4 } },
      { replica: 'r2:3306', lag: { seconds: 1 } },
      { replica: 'r3:3306', lag: { stopped: 'its SQL thread is stopped' } },
      { replica: 'r4:3306', lag: { unread: 'ConnectionRefused' } },
    ];
    expect(strainOf({ ...IDLE, replicas }).replicas).toEqual([
      'r1:3306 is 12 s late',
      'r3:3306 does not replicate: its SQL thread is stopped',
      'the lag of r4:3306 cannot be read: ConnectionRefused',
    ]);
  });

  it('takes the lag that is put up with from the configuration', () => {
    const load = { ...IDLE, ...ofReplica({ seconds: 30 }) };
    expect(strainOf(load, 60)).toEqual({ most: 1, because: [], replicas: [] });
    expect(strainOf(load, 20).most).toBe(0);
  });

  it('names the signs that cannot be read', () => {
    expect(unreadSigns(IDLE)).toEqual([]);
    expect(unreadSigns({ ...IDLE, history: undefined, commitMs: undefined })).toEqual([
      'history',
      'commitMs',
    ]);
    const unseen = { ...IDLE, replicaLag: undefined };
    // A group, or configured replicas, say more than a server that is not a replica.
    expect(unreadSigns(unseen)).toEqual([]);
    expect(unreadSigns({ ...unseen, applierQueue: undefined })).toEqual(['replicaLag']);
    const configured = { ...unseen, applierQueue: undefined, ...ofReplica({ seconds: 0 }) };
    expect(unreadSigns(configured)).toEqual([]);
    expect(unreadSigns({ ...configured, ...ofReplica({ unread: 'no' }) })).toEqual(['replicaLag']);
  });
});
