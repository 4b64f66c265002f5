import { rotatePassword } from '../credentials/rotate-password.ts';
import { makePassword, type PasswordMaking, storePassword } from '../credentials/store-password.ts';
import { FanfoldError, isFanfoldError } from '../errors.ts';
import { failureOf } from '../migrate/failure-of.ts';
import type { OperationAnswer, OperationRequest } from '../wire/operator-schemas.ts';

type Dependencies = Omit<PasswordMaking, 'accountsFrom'>;

/** Stores the password that a person has typed. Its text is in no error. */
export async function storeGivenPassword(
  { tenantId, owner, password }: OperationRequest<'store-password'>,
  dependencies: Dependencies,
): Promise<OperationAnswer<'store-password'>> {
  try {
    await storePassword(tenantId, owner, password, dependencies);
  } catch (error) {
    throw withoutPassword(error, password);
  }
  return {};
}

/** Gives a user a new password that nobody sees, unless the stored one works. */
export async function makeNewPassword(
  { tenantId, owner, accountsFrom }: OperationRequest<'make-password'>,
  dependencies: Dependencies,
): Promise<OperationAnswer<'make-password'>> {
  return { made: await makePassword(tenantId, owner, { ...dependencies, accountsFrom }) };
}

/** Replaces a password that works, without downtime. */
export async function replacePassword(
  { tenantId, keepOld }: OperationRequest<'rotate-password'>,
  dependencies: Dependencies,
): Promise<OperationAnswer<'rotate-password'>> {
  const { oldIsValid } = await rotatePassword(tenantId, { ...dependencies, keepOld });
  return { oldIsValid };
}

function withoutPassword(error: unknown, password: string): unknown {
  if (!isFanfoldError(error)) return error;
  const { code, fault, retryable, ownWords } = error;
  const { message, nextStep } = failureOf(error, [password]);
  return new FanfoldError(code, message, { fault, retryable, ownWords, nextStep } as never);
}
