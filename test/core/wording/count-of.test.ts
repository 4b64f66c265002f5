import { expect, test } from 'vitest';
import { countOf } from '../../../src/core/wording/count-of.ts';

test.each([
  [0, '0 tenants'],
  [1, '1 tenant'],
  [2, '2 tenants'],
  [1_000, '1,000 tenants'],
  [1_234_567.4, '1,234,567 tenants'],
])('a count of %d has the right noun', (value, text) => {
  expect(countOf(value, 'tenant')).toBe(text);
});
