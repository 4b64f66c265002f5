import type { DatabaseAddress, Tenant } from '../tenant.ts';
import { newPassword } from './new-password.ts';
import type { Provisioning } from './provisioning.ts';
import { migrationUserNameOf } from './tenant-names.ts';

/** What a new tenant logs in with, encrypted. */
export type NewLogins = Pick<Tenant, 'encryptedPassword' | 'migrationLogin'>;

/** Makes the passwords of a new tenant, which nobody has seen, and names the user that migrates. */
export async function newLogins(
  id: string,
  address: DatabaseAddress,
  { sealer, terms }: Pick<Provisioning, 'sealer' | 'terms'>,
): Promise<NewLogins> {
  const encryptedPassword = await sealer.seal({ id, address }, newPassword());
  if (terms.migrationPrivileges === undefined) return { encryptedPassword };
  const user = migrationUserNameOf(address.user);
  const sealed = await sealer.seal({ id, address: { ...address, user } }, newPassword());
  return { encryptedPassword, migrationLogin: { user, encryptedPassword: sealed } };
}
