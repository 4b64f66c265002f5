import { FanfoldError, isFanfoldError } from '../errors.ts';
import { failureOf } from '../migrate/failure-of.ts';

/** The same error without the password that a person has typed, which the server may have repeated. */
export function withoutPassword(error: unknown, password: string): unknown {
  if (!isFanfoldError(error)) return error;
  const { code, fault, retryable, ownWords } = error;
  const { message, nextStep } = failureOf(error, [password]);
  return new FanfoldError(code, message, { fault, retryable, ownWords, nextStep } as never);
}
