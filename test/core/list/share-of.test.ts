import { expect, it } from 'vitest';
import { shareOf } from '../../../src/core/list/share-of.ts';
import { toleratedFailures } from '../../../src/core/list/tolerated-failures.ts';

it.each([
  [1_000, 1.1, 11],
  [10_000, 0.07, 7],
  [10_000, 4.35, 435],
  [3, 50, 1.5],
  [0, 10, 0],
  [7, 100, 7],
])('among %s tenants, %s %% are %s', (total, percentage, share) => {
  expect(shareOf(total, percentage)).toBe(share);
});

it.each([
  [{}, 100, undefined],
  [{ toleratedFailureCount: 0 }, 100, 0],
  [{ toleratedFailurePercentage: 5 }, 100, 5],
  [{ toleratedFailurePercentage: 5 }, 99, 4],
  [{ toleratedFailurePercentage: 100 }, 99, 99],
  [{ toleratedFailurePercentage: 10 }, 0, 0],
  [{ toleratedFailureCount: 3, toleratedFailurePercentage: 10 }, 100, 3],
  [{ toleratedFailureCount: 30, toleratedFailurePercentage: 10 }, 100, 10],
])('a tolerance of %j among %s tenants is %s', (request, total, count) => {
  expect(toleratedFailures(request, total)).toBe(count);
});
