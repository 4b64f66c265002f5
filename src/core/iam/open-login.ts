import type { EncryptedLogin } from '../encryption/open-password.ts';
import type { ConnectionLogin, PasswordOpener } from '../ports.ts';
import { isIamMarker } from './iam-marker.ts';

/**
 * The login of a row: its password opened, or none if the row says that the user logs in by IAM. The
 * password may not be kept longer than the connection needs it.
 */
export async function openLogin(
  row: EncryptedLogin,
  passwords: PasswordOpener,
): Promise<ConnectionLogin> {
  const { host, port, database, user } = row.address;
  const address = { host, port, database, user };
  if (isIamMarker(row.encryptedPassword)) return { ...address, ...IAM };
  return { ...address, password: await passwords.open(row) };
}

/** The secret of a login by IAM: there is no password. */
export const IAM = { password: '', auth: 'iam' } as const;
