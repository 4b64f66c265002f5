import { FanfoldError } from '../../core/errors.ts';
import { centralSecretHint } from '../../core/wording/central-secret-hint.ts';

/**
 * Adapts an error about the central database to a stack: its login is in a secret rather than in
 * CENTRAL_DATABASE_URL, and a machine that cannot reach it may be outside its network.
 */
export function centralOfStack(error: unknown, stack: string): unknown {
  if (!(error instanceof FanfoldError) || !error.code.startsWith('CentralDatabase')) return error;
  const { code, message, fault, retryable, ownWords, cause } = error;
  const secret = `the secret that the output CentralSecretArn of "${stack}" names`;
  const named = centralSecretHint(code, secret) ?? error.nextStep;
  const nextStep =
    code === 'CentralDatabaseUnreachable'
      ? `${named} Outside its network, open a tunnel and give its address with --central-address.`
      : named;
  return new FanfoldError(code, message, { fault, nextStep, retryable, ownWords, cause });
}
