import { expect, test } from 'vitest';
import { parseByteSize } from '../../../../src/core/safety/guard/byte-size.ts';

test.each([
  [0, 0],
  [1_500, 1_500],
  ['0', 0],
  ['1500', 1_500],
  ['10 B', 10],
  ['1k', 1_024],
  ['1K', 1_024],
  ['1kB', 1_000],
  ['1KiB', 1_024],
  ['500MB', 500_000_000],
  ['2GiB', 2 * 1_024 ** 3],
  [' 1.5 G ', 1.5 * 1_024 ** 3],
  ['1TiB', 1_024 ** 4],
  ['any', Number.POSITIVE_INFINITY],
])('parseByteSize reads %j as %d bytes', (size, bytes) => {
  expect(parseByteSize(size)).toBe(bytes);
});

test.each([
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  ' ',
  '-1',
  '1e9',
  '1 GiBs',
  '1XB',
  'GiB',
  '1,5G',
  '99999999999999TB',
  '1constructor',
])('parseByteSize reads no size from %j', (size) => {
  expect(parseByteSize(size)).toBeUndefined();
});
