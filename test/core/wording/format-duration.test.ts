import { expect, test } from 'vitest';
import { formatDuration } from '../../../src/core/wording/format-duration.ts';

test.each([
  [-5, '0.0 s'],
  [0, '0.0 s'],
  [840, '0.8 s'],
  [9_949, '9.9 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 00 s'],
  [185_000, '3 min 05 s'],
  [3_599_600, '1 h 00 min'],
  [7_800_000, '2 h 10 min'],
])('a duration of %i ms is written as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
