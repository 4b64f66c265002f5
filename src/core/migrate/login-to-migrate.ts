import type { EncryptedLogin } from '../encryption/open-password.ts';
import { FanfoldError } from '../errors.ts';
import type { Tenant } from '../tenant.ts';
import { checkAddress } from './check-address.ts';

const COLUMNS = ['migrationUser', 'migrationPassword'] as const;

/** The part of a tenant that says who logs in. */
export type TenantLogins = Pick<Tenant, 'id' | 'address' | 'encryptedPassword' | 'migrationLogin'>;

/**
 * The login by which a tenant is migrated: that of its migration user where it has one, else the one
 * that the application has too. Throws `AddressIncomplete` where a part is empty, as plain SQL may
 * leave it: with half a login of its own the tenant must not be migrated by the application's.
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
