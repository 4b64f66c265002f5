import { expect, test } from 'vitest';
import { differsByRunTime } from '../../../../src/core/safety/rehearsal/is-run-time.ts';

const ONE = Date.UTC(2030, 2, 15, 12, 0, 0);
const OTHER = Date.UTC(2031, 7, 25, 3, 41, 27);

function table(type: string, value: string | undefined) {
  const column = { name: 'x', type, isGenerated: false, isNumbered: false, isTimestamped: false };
  return { definition: '', columns: [column], rows: [[value]] };
}

test.each([
  ['datetime', '2030-03-15 12:00:00', '2031-08-25 03:41:27', true],
  ['timestamp', '2030-03-15 12:00:00.123', '2031-08-25 03:41:27.5', true],
  ['datetime', '2030-03-15 17:30:00', '2031-08-25 09:11:27', true],
  ['date', '2030-03-15', '2031-08-25', true],
  ['datetime', '2030-04-14 12:00:00', '2031-09-24 03:41:27', false],
  ['datetime', '2030-03-15 12:07:00', '2031-08-25 03:48:27', false],
  ['date', '2030-04-14', '2031-09-24', false],
  ['varchar', '2030-03-15 12:00:00', '2031-08-25 03:41:27', false],
  ['bigint', '1899806400', '1945323687', false],
  ['datetime', undefined, '2031-08-25 03:41:27', false],
])(
  'a column of %s with %s and then %s is of the time of each run: %s',
  (type, one, other, wanted) => {
    expect(differsByRunTime('x', [table(type, one), ONE], [table(type, other), OTHER])).toBe(
      wanted,
    );
  },
);
