import { describe, expect, it } from 'vitest';
import { ThrownError, thrownError } from '../../lambdas/thrown-error.ts';
import type { ErrorCode } from '../../src/core/error-codes.ts';
import { FanfoldError } from '../../src/core/errors.ts';

const known = (retryable: boolean) =>
  new FanfoldError('CentralDatabaseLost' as ErrorCode, 'It was lost.', {
    fault: 'configuration',
    nextStep: 'Look at it.',
    retryable,
  });

describe('thrownError', () => {
  it('thrownError has the name that is retried if the error may pass', () => {
    expect(thrownError(known(true))).toMatchObject({
      name: 'StepUnavailable',
      message: 'CentralDatabaseLost: It was lost. Look at it.',
      stack: '',
    });
  });

  it('thrownError ends the words of a server before the next step begins', () => {
    const { message } = thrownError(
      new FanfoldError('CentralDatabaseEmpty', "Table 'a.tenants' doesn't exist", {
        fault: 'configuration',
        nextStep: 'Create its tables.',
      }),
    );
    expect(message).toBe("Table 'a.tenants' doesn't exist. Create its tables.");
  });

  it('thrownError has its code as the name if somebody has to act', () => {
    expect(thrownError(known(false))).toMatchObject({
      name: 'CentralDatabaseLost',
      message: 'It was lost. Look at it.',
      stack: '',
    });
  });

  it.each([
    [new TypeError('x is undefined'), 'TypeError: x is undefined'],
    [new SyntaxError('Unexpected token in "s3cret"'), 'SyntaxError'],
    ['s3cret', 'string'],
    [undefined, 'undefined'],
    [Object.assign(new Error("INSERT INTO users VALUES ('s3cret')"), { sql: 's3cret' }), 'Error'],
  ])('thrownError of a defect shows no words that may quote a secret: %s', (error, shown) => {
    const { name, message, stack } = thrownError(error);
    expect({ name, stack }).toEqual({ name: 'Unexpected', stack: '' });
    expect(message).toContain(`defect of Fanfold: ${shown}. `);
    expect(message).not.toContain('s3cret');
  });

  it('thrownError passes on an error that has its name already, and cuts a text that is too long for a cause', () => {
    const error = new ThrownError('TenantFailed', 'x'.repeat(10_000));
    expect(thrownError(error)).toBe(error);
    expect(error.message).toHaveLength(8_192);
  });
});
