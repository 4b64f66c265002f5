import type { DatabaseAddress } from '../tenant.ts';
import { newPassword } from './new-password.ts';
import type { Provisioning } from './provisioning.ts';
import type { NewLogins } from './provisioning-registry.ts';
import { migrationUserNameOf } from './tenant-names.ts';

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
