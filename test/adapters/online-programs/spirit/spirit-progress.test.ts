import { expect, test } from 'vitest';
import { spiritProgress } from '../../../../src/adapters/online-programs/spirit/spirit-progress.ts';

const line = (rest: string) => `2026/12/01 12:00:00 INFO migration status: ${rest}`;

test('rows, their number and the rate of this attempt are read from the lines of status', () => {
  let now = 0;
  const progressOf = spiritProgress(() => now);
  expect(progressOf('2026/12/01 12:00:00 INFO checkpoint low-watermark={}')).toBeUndefined();
  const first = 'state=copyRows copy-progress=50000/2000000 2.50% binlog-deltas=3 total-time=30s';
  expect(progressOf(line(first))).toEqual({ rowsDone: 50_000, rowsExpected: 2_000_000 });
  now = 30_000;
  const second =
    'state=copyRows copy-progress=650000/2000000 32.50% binlog-deltas=0 total-time=1m0s';
  expect(progressOf(line(second))).toEqual({
    rowsDone: 650_000,
    rowsExpected: 2_000_000,
    rowsPerSecond: 20_000,
  });
});

test.each([
  ['state=checksum checksum-progress=10/90 11.11% binlog-deltas=0', 'comparing: 10 of 90 rows'],
  ['state=postChecksum binlog-deltas=4 total-time=3m', 'applying changes'],
])('it waits while %s', (rest, waits) => {
  const progressOf = spiritProgress(() => 0);
  progressOf(line('state=copyRows copy-progress=90/90 100.00% binlog-deltas=0'));
  expect(progressOf(line(rest))).toMatchObject({ rowsDone: 90, rowsExpected: 90, waits });
});
