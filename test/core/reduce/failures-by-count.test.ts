import { expect, it } from 'vitest';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { failuresByCount } from '../../../src/core/reduce/failures-by-count.ts';
import { failedOutcome, failureNamed } from '../../support/fleet.ts';

it('failuresByCount puts the most frequent cause first, and equally frequent ones in the order of their fingerprints', () => {
  const codes = ['Rare', 'Some', 'Often', 'Also', 'Often', 'Some', 'Often', 'Also'];
  const summary = codes
    .map((code, number) => failedOutcome(number, { failure: failureNamed(code) }))
    .reduce(addOutcome, emptySummary(codes.length));
  const expected = ['Often', 'Also', 'Some', 'Rare'];
  expect(failuresByCount(summary).map(({ code }) => code)).toEqual(expected);
  const reversed = { failures: summary.failures.toReversed() };
  expect(failuresByCount(reversed).map(({ code }) => code)).toEqual(expected);
});
