import { expect, it } from 'vitest';
import { centralSecretHint } from '../../../src/core/wording/central-secret-hint.ts';

it.each([
  'CentralDatabaseUnreachable',
  'CentralDatabaseAccessDenied',
  'CentralDatabaseMissing',
  'CentralDatabaseSchemaMismatch',
  'CentralDatabaseTlsFailed',
] as const)('the hint names the secret that holds the login for %s', (code) => {
  expect(centralSecretHint(code, 'the secret arn:1')).toContain('the secret arn:1');
});

it('no hint is given for an error that does not concern the login', () => {
  expect(centralSecretHint('TenantBusy', 'the secret arn:1')).toBeUndefined();
});
