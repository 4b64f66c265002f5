import { newIamMarker } from '../iam/iam-marker.ts';
import type { DatabaseAddress } from '../tenant.ts';
import { newPassword } from './new-password.ts';
import type { Provisioning } from './provisioning.ts';
import type { NewLogins } from './provisioning-registry.ts';
import { migrationUserNameOf } from './tenant-names.ts';

/**
 * Makes the passwords of a new tenant, which nobody has seen, or what is stored in their place if its users log in by
 * IAM, and names the user that migrates.
 */
export async function newLogins(
  id: string,
  address: DatabaseAddress,
  { sealer, settings }: Pick<Provisioning, 'sealer' | 'settings'>,
): Promise<NewLogins> {
  const seal = async (login: DatabaseAddress) =>
    settings.auth === 'iam' ? newIamMarker() : sealer.seal({ id, address: login }, newPassword());
  const encryptedPassword = await seal(address);
  if (settings.migrationPrivileges === undefined) return { encryptedPassword };
  const user = migrationUserNameOf(address.user);
  const sealed = await seal({ ...address, user });
  return { encryptedPassword, migrationLogin: { user, encryptedPassword: sealed } };
}
