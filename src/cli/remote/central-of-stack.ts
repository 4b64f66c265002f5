import { FanfoldError } from '../../core/errors.ts';

/**
 * The same error about the central database of a stack: its login stands in a secret there and not in
 * CENTRAL_DATABASE_URL, and who cannot reach it may be outside of its network.
 */
export function centralOfStack(error: unknown, stack: string): unknown {
  if (!(error instanceof FanfoldError) || !error.code.startsWith('CentralDatabase')) return error;
  const { code, message, fault, retryable, ownWords, cause } = error;
  const named = error.nextStep.replaceAll(
    'CENTRAL_DATABASE_URL',
    `the secret that the output CentralSecretArn of "${stack}" names`,
  );
  const nextStep =
    code === 'CentralDatabaseUnreachable'
      ? `${named} From outside of its network: open a tunnel, and say where it begins with --central-address.`
      : named;
  return new FanfoldError(code, message, { fault, nextStep, retryable, ownWords, cause });
}
