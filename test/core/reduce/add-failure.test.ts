import { describe, expect, it } from 'vitest';
import type { Failure, FailureCause } from '../../../src/core/failure.ts';
import { fingerprint } from '../../../src/core/failure.ts';
import type { FailedOutcome } from '../../../src/core/outcome.ts';
import {
  addFailure,
  isBefore,
  MOST_KINDS,
  MOST_SHAPES,
  MOST_TENANTS,
} from '../../../src/core/reduce/add-failure.ts';
import { emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { failedOutcome, failureNamed, refOf } from '../../support/fleet.ts';

/** The failure of the tenant with this number, in these words. */
function failed(number: number, cause: FailureCause, message: string = cause.code): FailedOutcome {
  const { shape: _, ...facts } = cause;
  const failure: Failure = {
    ...failureNamed(cause.code),
    ...facts,
    message,
    fingerprint: fingerprint(cause),
  };
  return failedOutcome(number, { failure });
}

/** The summary of these failures, which their order must not change. */
function summaryOf(failures: readonly FailedOutcome[]) {
  const total = emptySummary(failures.length);
  const summary = failures.reduce(addFailure, total);
  expect(failures.toReversed().reduce(addFailure, total)).toEqual(summary);
  return summary;
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

describe('adding a failure to a summary', () => {
  it('failures of one cause are one group, which names the first tenants', () => {
    const same = numbers(MOST_TENANTS + 5).map((number) => failed(number, { code: 'TableExists' }));
    expect(summaryOf(same).failures).toEqual([
      {
        ...same[0]?.failure,
        count: MOST_TENANTS + 5,
        varies: undefined,
        tenants: numbers(MOST_TENANTS).map(refOf),
      },
    ]);
  });

  it('a group has the message of the tenant that is named first, and says that others differ', () => {
    const cause = { code: 'MigrationThrew', shape: 'no row ?' };
    const [group] = summaryOf([
      failed(2, cause, 'no row 2'),
      failed(1, cause, 'no row 1'),
      failed(3, cause, 'no row 3'),
    ]).failures;
    expect(group).toMatchObject({ message: 'no row 1', varies: true, count: 3 });
  });

  it('causes of one kind are separate until they are too many, and then they are all one', () => {
    const words = (count: number) =>
      numbers(count).map((number) =>
        failed(number, { code: 'MigrationThrew', shape: `words ${number}` }),
      );
    const other = failed(900, { code: 'TableExists' });
    expect(summaryOf([...words(MOST_SHAPES), other]).failures).toHaveLength(MOST_SHAPES + 1);
    expect(summaryOf([...words(MOST_SHAPES + 7), other]).failures).toMatchObject([
      { code: 'MigrationThrew', count: MOST_SHAPES + 7, varies: true },
      { code: 'TableExists', count: 1 },
    ]);
  });

  it('the smallest kinds are kept, and failures of the others are only counted', () => {
    const kinds = numbers(MOST_KINDS + 3).map((number) => `Cause${100 + number}`);
    const failures = kinds.flatMap((code, index) => [
      failed(2 * index, { code }),
      failed(2 * index + 1, { code }),
    ]);
    const summary = summaryOf(failures);
    expect(summary.failures.map(({ code }) => code)).toEqual(kinds.slice(0, MOST_KINDS));
    expect(summary.failures.every(({ count }) => count === 2)).toBe(true);
    expect(summary.otherFailures).toBe(6);
  });

  it('a kind is not taken for another one whose statement begins with it and a vertical bar', () => {
    const statement = (text: string) => ({
      code: 'MigrationThrew',
      statement: { number: 1, text },
    });
    const failures = numbers(3).flatMap((number) => [
      failed(10 * number, { ...statement('a'), shape: `z ${number}` }),
      failed(10 * number + 1, { ...statement('a|b'), shape: `z ${number}` }),
    ]);
    const { failures: groups } = summaryOf(failures);
    expect(groups.map((group) => [group.statement?.text, group.count])).toEqual([
      ...numbers(3).map(() => ['a|b', 1]),
      ...numbers(3).map(() => ['a', 1]),
    ]);
  });
});

it('tenants are named by slug, and by id if the slugs are equal', () => {
  const twin = { ...refOf(2), slug: refOf(1).slug };
  expect([isBefore(refOf(1), refOf(2)), isBefore(refOf(2), refOf(1))]).toEqual([true, false]);
  expect([isBefore(refOf(1), twin), isBefore(twin, refOf(1))]).toEqual([true, false]);
});
