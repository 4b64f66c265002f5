import type { Failure } from '../failure.ts';

/** Failures of which the URL is the likely cause. */
const OF_URL: ReadonlySet<string> = new Set([
  'AccessDenied',
  'ConnectionRefused',
  'ConnectionTimedOut',
  'DatabaseAccessDenied',
  'DatabaseMissing',
  'HostDown',
  'HostNotFound',
]);

/**
 * The next step after a failure of a database that is not a tenant. The steps of tenants name their row in the
 * central database, and commands that take a tenant.
 */
export function databaseNextStep({ code, nextStep }: Pick<Failure, 'code' | 'nextStep'>): string {
  if (OF_URL.has(code)) {
    return 'Check that the server runs and that the URL has its host and port, the user with the password, and a database that exists.';
  }
  if (!nextStep.includes('<tenant>')) return nextStep;
  return `${nextStep} That works on tenants: \`fanfold tenant:add --help\` tells how to make one of this database.`;
}
