import { rotatePassword } from '../credentials/rotate-password.ts';
import { makePassword, type PasswordMaking, storePassword } from '../credentials/store-password.ts';
import type { OperationAnswer, OperationRequest } from '../wire/operator-schemas.ts';
import { withoutPassword } from './without-password.ts';

type Dependencies = Omit<PasswordMaking, 'accountsFrom'>;

/** Stores the password that a person has typed. No error contains it. */
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
