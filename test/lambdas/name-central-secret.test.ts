import { describe, expect, it } from 'vitest';
import { nameCentralSecret } from '../../lambdas/name-central-secret.ts';
import {
  type CentralTrouble,
  centralDatabaseError,
} from '../../src/adapters/server/central-database-error.ts';
import { FanfoldError } from '../../src/core/errors.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:central-AbCdEf';
const ADDRESS = { host: 'central', port: 3306, database: 'central', user: 'fanfold' };

describe('nameCentralSecret', () => {
  it.each<CentralTrouble>(['unreachable', 'access-denied', 'missing', 'schema-mismatch', 'tls'])(
    'nameCentralSecret names the secret and the stack, not the command line: %s',
    (trouble) => {
      const known = centralDatabaseError(trouble, ADDRESS, 'So it is.');
      const named = nameCentralSecret(known, ARN) as FanfoldError;
      expect(named).toMatchObject({ code: known.code, message: known.message });
      expect(named.nextStep).not.toMatch(/CENTRAL_DATABASE_URL|--ca|--tls/);
      expect(named.nextStep).toContain(ARN);
    },
  );

  it.each([
    ['Create its tables: fanfold migrate:latest', 'Create its tables: fanfold migrate:latest'],
    ['Correct it.', 'Correct it.'],
  ])('nameCentralSecret keeps any other next step: %s', (nextStep, end) => {
    const known = new FanfoldError('CentralDatabaseEmpty', 'x', {
      fault: 'configuration',
      nextStep,
    });
    expect((nameCentralSecret(known, ARN) as FanfoldError).nextStep).toContain(end);
  });

  it('nameCentralSecret leaves errors of anything else as they are', () => {
    const other = new FanfoldError('SecretMissing', 'x', { fault: 'configuration', nextStep: 'y' });
    expect(nameCentralSecret(other, ARN)).toBe(other);
    expect(nameCentralSecret('thrown', ARN)).toBe('thrown');
  });
});
