import { FanfoldError } from '../errors.ts';
import { openLogin } from '../iam/open-login.ts';
import type { PasswordOpener } from '../ports.ts';
import type { Tenant } from '../tenant.ts';

/** Whether one tenant's password opens with the key that is at hand. */
export interface TriedPassword {
  readonly tenant: Tenant;
  /** Why it does not; `undefined` if it does. */
  readonly error: FanfoldError | undefined;
}

/** Opens the passwords of some tenants and forgets them. Throws what is wrong with the key itself. */
export async function tryPasswords(
  tenants: readonly Tenant[],
  passwords: PasswordOpener,
): Promise<TriedPassword[]> {
  const tried: TriedPassword[] = [];
  for (const tenant of tenants) {
    try {
      await openLogin(tenant, passwords);
      tried.push({ tenant, error: undefined });
    } catch (error) {
      if (!(error instanceof FanfoldError) || error.fault !== 'tenant') throw error;
      tried.push({ tenant, error });
    }
  }
  return tried;
}
