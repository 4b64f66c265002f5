import { expect, it } from 'vitest';
import { checkReplicas } from '../../../src/core/doctor/check-replicas.ts';
import type { ReplicaLag } from '../../../src/core/replicas/replica-standing.ts';

const check = (...lags: ReplicaLag[]) =>
  checkReplicas(
    lags.map((lag, at) => ({ replica: `r${at + 1}:3306`, lag })),
    5,
  );

it('says nothing about a server without configured replicas', () => {
  expect(check()).toEqual([]);
});

it('says how late replicas are that keep up', () => {
  expect(check({ seconds: 0 }, { seconds: 4.6 })).toEqual([
    { name: 'replicas', status: 'ok', message: 'r1:3306 is 0 s late, r2:3306 is 5 s late' },
  ]);
});

it.each<[ReplicaLag, string, string]>([
  [{ seconds: 6 }, 'ReplicaLate', 'R1:3306 is 6 s late. No batch of a backfill begins.'],
  [
    { stopped: 'its SQL thread is stopped' },
    'ReplicaStopped',
    'R1:3306 does not replicate: its SQL thread is stopped. No batch of a backfill begins.',
  ],
  [
    { unread: 'it is not a replica' },
    'ReplicaUnread',
    'The lag of r1:3306 cannot be read: it is not a replica. Batches of backfills take at most a tenth of the time.',
  ],
])('notes %j, which is not a reason to stop a run', (lag, code, message) => {
  expect(check(lag, { seconds: 0 })).toEqual([
    { name: 'replicas', status: 'note', code, message, nextStep: expect.any(String) },
  ]);
});
