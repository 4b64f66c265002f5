import { describe, expect, it } from 'vitest';
import { centralDatabaseError } from '../../src/adapters/server/central-database-error.ts';
import { centralOfStack } from '../../src/cli/remote/central-of-stack.ts';
import { FanfoldError } from '../../src/core/errors.ts';

const ADDRESS = { host: 'central', port: 3306, database: 'central', user: 'fanfold' };

describe('an error of the central database of a stack', () => {
  it.each(['unreachable', 'access-denied', 'missing'] as const)(
    'an error about the central database of a stack names the secret, not this environment: %s',
    (trouble) => {
      const known = centralDatabaseError(trouble, ADDRESS, 'So it is.');
      const named = centralOfStack(known, 'prod') as FanfoldError;
      expect(named).toMatchObject({ code: known.code, message: known.message });
      expect(named.nextStep).toContain('CentralSecretArn of "prod"');
      expect(named.nextStep).not.toContain('CENTRAL_DATABASE_URL');
      expect(named.nextStep.includes('--central-address')).toBe(trouble === 'unreachable');
    },
  );

  it('an error that is not about the central database stays unchanged', () => {
    const other = new FanfoldError('SecretMissing', 'x', { fault: 'configuration', nextStep: 'y' });
    expect(centralOfStack(other, 'prod')).toBe(other);
  });
});
