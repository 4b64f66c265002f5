import type { CentralAccess } from '../central/central-access.ts';
import { iamNeedsTls, iamUnavailable } from './iam-errors.ts';
import type { IamAddress, MakeIamToken } from './make-iam-token.ts';

/** The connection that a token is for. */
export interface IamConnection {
  /** Whether it uses TLS and verifies the server before it logs in. */
  readonly isVerified: boolean;
  readonly iamToken: MakeIamToken | undefined;
  /** Whether it is the central database's, whose settings are the configuration. */
  readonly isCentral?: boolean | undefined;
}

/**
 * Makes the token of one connection. Throws `IamNeedsTls` or `CentralIamNeedsTls` before anything is signed if the connection would send it in
 * clear text or to a server that is not verified, `IamUnavailable`, and the errors of {@link MakeIamToken}.
 */
export async function tokenFor(
  address: IamAddress,
  { isVerified, iamToken, isCentral = false }: IamConnection,
): Promise<string> {
  const { host, port, user } = address;
  const server = { host, port, user };
  if (!isVerified) throw iamNeedsTls(server, isCentral);
  if (iamToken === undefined) throw iamUnavailable(server);
  return iamToken(server);
}

/** The same for the central database, whose certificate is verified whenever there is TLS. */
export function centralToken({ login, tls, iamToken }: CentralAccess): Promise<string> {
  return tokenFor(login, { isVerified: tls !== undefined, iamToken, isCentral: true });
}
