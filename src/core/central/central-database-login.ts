import type { ConnectionLogin } from '../ports.ts';
import type { CentralDatabaseParameters } from './central-database-parameters.ts';

/** The address of the central database, with the login. */
export interface CentralDatabaseLogin extends ConnectionLogin {
  /** Parameters of the URL, if there were any. */
  readonly parameters?: CentralDatabaseParameters | undefined;
}

/** TLS with the server's certificate and its host name checked; if there is none, plain text. */
export interface VerifiedTls {
  /** PEM certificates of the authorities to trust. Default: those of Node. */
  readonly ca?: string | string[] | undefined;
}
