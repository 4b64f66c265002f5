import type { ConnectionLogin } from '../ports.ts';

/** Where the central database is and who logs in there. */
export type CentralDatabaseLogin = ConnectionLogin;

/** TLS with the server's certificate and its host name checked; where there is none, plain text. */
export interface VerifiedTls {
  /** PEM certificates of the authorities to trust. Default: those of Node. */
  readonly ca?: string | string[] | undefined;
}
