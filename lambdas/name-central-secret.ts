import { FanfoldError } from '../src/core/errors.ts';

/**
 * The same error with a next step for a deployed stack: what the command line reads from
 * CENTRAL_DATABASE_URL stands in a secret here.
 */
export function nameCentralSecret(error: unknown, arn: string): unknown {
  if (!(error instanceof FanfoldError)) return error;
  const { code, message, nextStep, fault, retryable, ownWords, cause } = error;
  if (!code.startsWith('CentralDatabase')) return error;
  const named = nextStep
    .replaceAll('CENTRAL_DATABASE_URL', `the secret ${arn}`)
    .replace(' with --ca <file>', ' to the system')
    .replace('--tls off does without', 'the setting tls: off of the stack does without');
  const then = named.endsWith('.') ? ' Then' : ', then';
  const step = retryable ? named : `${named}${then} redrive the execution.`;
  return new FanfoldError(code, message, { fault, nextStep: step, retryable, ownWords, cause });
}
