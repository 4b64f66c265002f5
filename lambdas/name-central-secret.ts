import { FanfoldError } from '../src/core/errors.ts';
import { centralSecretHint } from '../src/core/wording/central-secret-hint.ts';

/** The same error of the central database with a next step for a deployed stack. */
export function nameCentralSecret(error: unknown, arn: string): unknown {
  if (!(error instanceof FanfoldError)) return error;
  const { code, message, fault, retryable, ownWords, cause } = error;
  if (!code.startsWith('CentralDatabase')) return error;
  const nextStep = centralSecretHint(code, `the secret ${arn}`) ?? error.nextStep;
  return new FanfoldError(code, message, { fault, nextStep, retryable, ownWords, cause });
}
