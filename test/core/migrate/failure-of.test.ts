import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { failureOf } from '../../../src/core/migrate/failure-of.ts';
import { MigrationStepError } from '../../../src/core/migrate/migration-step-error.ts';

describe('a failure', () => {
  it('keeps what an explained error says', () => {
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

  it('of anything else is unexpected, and never lost', () => {
    for (const thrown of [new TypeError('x is not a function'), 'text', undefined, null, 7]) {
      expect(failureOf(thrown)).toMatchObject({ code: 'Unexpected', retryable: false });
    }
    expect(failureOf(new TypeError('x')).message).toBe('TypeError: x');
  });

  it('shows no secret', () => {
    const error = new FanfoldError('AccessDenied', 'login with hunter2hunter2 failed', {
      fault: 'tenant',
      nextStep: 'Do not use hunter2hunter2.',
    });
    expect(JSON.stringify(failureOf(error, ['hunter2hunter2']))).not.toContain('hunter2');
  });

  it('says in words of ours what it has to say, whatever the password is', () => {
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

  it('is cut where a message has no end', () => {
    const error = new FanfoldError('AccessDenied', 'y'.repeat(10_000), {
      fault: 'tenant',
      nextStep: '',
    });
    expect(failureOf(error).message.length).toBeLessThanOrEqual(2_000);
  });
});
