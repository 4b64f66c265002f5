import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { StatementStanding } from '../../../src/core/half-applied.ts';
import { failureOf } from '../../../src/core/migrate/failure-of.ts';
import { HalfAppliedError } from '../../../src/core/migrate/half-applied-error.ts';
import { MigrationStepError } from '../../../src/core/migrate/migration-step-error.ts';

describe('a failure', () => {
  it('a failure keeps what an explained error says', () => {
    const error = new MigrationStepError('TableExists', "Table 'a' already exists", {
      fault: 'migration',
      nextStep: 'Look.',
      migration: '001_a',
      statement: { number: 2, text: 'create table `a` (`id` int)' },
      errno: 1050,
      sqlState: '42S01',
    });
    expect(failureOf(error)).toEqual({
      code: 'TableExists',
      message: "Table 'a' already exists",
      nextStep: 'Look.',
      retryable: false,
      migration: '001_a',
      statement: { number: 2, text: 'create table `a` (`id` int)' },
      errno: 1050,
      sqlState: '42S01',
      fingerprint: 'TableExists|1050|001_a|create table `a` (`id` int)',
    });
  });

  it('an unknown error is an unexpected failure, and never lost', () => {
    for (const thrown of [new TypeError('x is not a function'), 'text', undefined, null, 7]) {
      expect(failureOf(thrown)).toMatchObject({ code: 'Unexpected', retryable: false });
    }
    expect(failureOf(new TypeError('x')).message).toBe('TypeError: x');
  });

  it('a failure shows no secret', () => {
    const error = new FanfoldError('AccessDenied', 'login with hunter2hunter2 failed', {
      fault: 'tenant',
      nextStep: 'Do not use hunter2hunter2.',
    });
    expect(JSON.stringify(failureOf(error, ['hunter2hunter2']))).not.toContain('hunter2');
  });

  it("a failure describes itself in Fanfold's own words, whatever the password is", () => {
    const message = 'db1:3306 refused the login of user "acme": wrong password or wrong key.';
    const error = new FanfoldError('AccessDenied', message, {
      fault: 'tenant',
      nextStep: 'Set the password.',
      ownWords: true,
    });
    for (const secret of ['wrong', 'acme', 'password']) {
      expect(failureOf(error, [secret])).toMatchObject({ message, nextStep: 'Set the password.' });
    }
  });

  it('a message without an end is cut', () => {
    const error = new FanfoldError('AccessDenied', 'y'.repeat(10_000), {
      fault: 'tenant',
      nextStep: '',
    });
    expect(failureOf(error).message.length).toBeLessThanOrEqual(2_000);
  });

  describe('a failure of a half-applied migration', () => {
    const statements = (count: number, stop?: number): StatementStanding[] =>
      Array.from({ length: count }, (_, index) => ({
        number: index + 1,
        text: `insert ${'x'.repeat(400)}`,
        standing: 'applied',
        ...(index + 1 === stop && { stoppedHere: true, now: `update ${'y'.repeat(400)}` }),
      }));
    const kept = (given: readonly StatementStanding[]) =>
      failureOf(new HalfAppliedError('It stopped.', { migration: '1_a', statements: given }));
    const range = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index);

    it.each<[string, number, number | undefined, readonly number[]]>([
      ['all of a few', 20, 3, range(1, 20)],
      ['the first and the last of many', 60, undefined, [...range(1, 10), ...range(51, 60)]],
      [
        'those around the stop as well',
        60,
        30,
        [...range(1, 4), ...range(27, 33), ...range(57, 60)],
      ],
    ])('the failure has %s of its statements', (_, count, stop, numbers) => {
      const { migration, statements: few = [] } = kept(statements(count, stop));
      expect(migration).toBe('1_a');
      const seen = few.map(({ number }) => number);
      expect(seen).toEqual(expect.arrayContaining([...numbers]));
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen).toHaveLength(20);
    });

    it('the failure fits into an error of AWS with any number of long statements', () => {
      const failure = kept(statements(5_000, 2_500));
      expect(failure.statements?.find(({ stoppedHere }) => stoppedHere)).toMatchObject({
        ...{ number: 2_500, now: expect.stringMatching(/^update y+$/) },
      });
      expect(JSON.stringify(failure).length).toBeLessThan(8_192);
    });
  });
});
