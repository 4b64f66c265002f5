import type { ConnectionOptions as DriverOptions } from 'mysql2';
import type { MakeIamToken } from '../../../core/iam/make-iam-token.ts';
import { tokenFor } from '../../../core/iam/token-for.ts';
import type { ConnectionLogin } from '../../../core/ports.ts';
import type { TlsChooser } from './tls.ts';

/** The part of mysql2's options that proves who logs in. */
export type Credentials = Pick<DriverOptions, 'password' | 'enableCleartextPlugin'>;

/**
 * The credentials of one connection: the password, or a new token, which Amazon's servers want in clear text. TLS
 * verifies the server first, always (`tls.ts`). Throws the errors of {@link tokenFor}.
 */
export async function credentialsOf(
  login: ConnectionLogin,
  { tls, iamToken }: { readonly tls: TlsChooser; readonly iamToken?: MakeIamToken | undefined },
): Promise<Credentials> {
  if (login.auth !== 'iam') return { password: login.password };
  const isVerified = tls(login.host) !== undefined;
  const token = await tokenFor(login, { isVerified, iamToken });
  return { password: token, enableCleartextPlugin: true };
}
