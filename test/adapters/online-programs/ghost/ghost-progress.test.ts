import { expect, test } from 'vitest';
import { ghostProgress } from '../../../../src/adapters/online-programs/ghost/ghost-progress.ts';

const status = (rows: string, state = 'migrating') =>
  `Copy: ${rows} 13.3%; Applied: 5; Backlog: 0/1000; Time: 4s(total), 3s(copy); streamer: binlog.000012:4711; Lag: 0.02s, HeartbeatLag: 0.04s, State: ${state}; ETA: 26s`;

test('a resumed copy begins with the rows of earlier attempts, which do not count as its rate', () => {
  let now = 5_000;
  const read = ghostProgress(() => now);
  expect(read(status('1000000/2000000'))).toEqual({ rowsDone: 1_000_000, rowsExpected: 2_000_000 });
  now += 10_000;
  expect(read(status('1250000/2000000'))).toEqual({
    rowsDone: 1_250_000,
    rowsExpected: 2_000_000,
    rowsPerSecond: 25_000,
  });
});

test.each([
  ['throttled, lag=1.5s', { waits: 'throttled, lag=1.5s' }],
  ['postponing cut-over', { waits: 'postponing cut-over' }],
  ['migrating', { rowsDone: 7, rowsExpected: 9 }],
])('the state "%s" shows whether it waits', (state, expected) => {
  const progress = ghostProgress(() => 0)(status('7/9', state));
  expect(progress).toMatchObject(expected);
  expect('waits' in (progress ?? {})).toBe(state !== 'migrating');
});

test('an estimate of no rows is left out, and other lines say nothing', () => {
  const read = ghostProgress(() => 0);
  expect(read(status('0/0'))).toEqual({ rowsDone: 0 });
  expect(read('2026-12-01 06:12:05 INFO Row copy complete')).toBeUndefined();
  expect(read('# Migrating `acme`.`events`; Ghost table is `acme`.`_events_gho`')).toBeUndefined();
});
