import type { EncryptedLogin } from '../encryption/open-password.ts';
import { FanfoldError } from '../errors.ts';
import { openLogin } from '../iam/open-login.ts';
import type { ConnectionLogin, PasswordOpener } from '../ports.ts';
import type { Tenant } from '../tenant.ts';
import { checkAddress } from './check-address.ts';

const COLUMNS = ['migrationUser', 'migrationPassword'] as const;

/** The part of a tenant that has its logins. */
export type TenantLogins = Pick<Tenant, 'id' | 'address' | 'encryptedPassword' | 'migrationLogin'>;

/**
 * The login by which a tenant is migrated: that of its migration user if it has one, else the one
 * of the application. Throws `AddressIncomplete` if a part is empty, as plain SQL may
 * leave it: a tenant with half a migration login must not be migrated by the application's.
 */
export function loginToMigrate({
  id,
  address,
  encryptedPassword,
  migrationLogin,
}: TenantLogins): EncryptedLogin {
  checkAddress(address);
  if (migrationLogin === undefined) return { id, address, encryptedPassword };
  const { user } = migrationLogin;
  if (user === '' || migrationLogin.encryptedPassword === '') {
    const [lacks, has] = user === '' ? COLUMNS : COLUMNS.toReversed();
    throw new FanfoldError('AddressIncomplete', `The tenant has a ${has} and no ${lacks}.`, {
      fault: 'tenant',
      nextStep:
        'Fill in the other one in the row of the tenant in the central database, or set both to NULL: then the user of the application migrates.',
    });
  }
  return {
    id,
    address: { ...address, user },
    encryptedPassword: migrationLogin.encryptedPassword,
  };
}

/** The same with the password opened, which may not be kept longer than the connection needs it. */
export async function openLoginToMigrate(
  tenant: TenantLogins,
  passwords: PasswordOpener,
): Promise<ConnectionLogin> {
  return openLogin(loginToMigrate(tenant), passwords);
}
