import type { ErrorCode } from '../../../core/error-codes.ts';
import { FanfoldError } from '../../../core/errors.ts';

const ADDRESS = 'Correct the host and the port in its URL, and check that the server is running.';
const LOGIN = 'Correct the user and the password in its URL.';
const DATABASE =
  'Create the database and grant the user ALL on it, or leave it out of the URL: then a new one is created and dropped.';

/** The next step by the error's code; errors that are not among them have the same one as those of tenants. */
const NEXT_STEPS: Partial<Record<ErrorCode, string>> = {
  AccessDenied: LOGIN,
  AccountLocked: 'Unlock the account, or name another user in its URL.',
  ConnectionFailed: ADDRESS,
  ConnectionRefused: ADDRESS,
  DatabaseAccessDenied: DATABASE,
  DatabaseMissing: DATABASE,
  HostNotFound: ADDRESS,
  ServerReadOnly: 'Name another server: a scratch server has to be writable.',
};

/** An error about a scratch server in its own terms: it belongs to no tenant, whose row would have to be corrected. */
export function scratchUnreachable(error: FanfoldError, source: string): FanfoldError {
  return new FanfoldError(
    'ScratchUnreachable',
    `The scratch server of ${source} cannot be used: ${error.message}`,
    { fault: 'configuration', nextStep: NEXT_STEPS[error.code] ?? error.nextStep, cause: error },
  );
}
