import type { MakeIamToken } from '../iam/make-iam-token.ts';
import type { CentralDatabaseLogin, VerifiedTls } from './central-database-login.ts';
import type { TenantsMapping } from './tenants-mapping.ts';

/** The access to the central database, and the mapping of its tenants. */
export interface CentralAccess {
  readonly login: CentralDatabaseLogin;
  /** `undefined` for plain text, which belongs on loopback. */
  readonly tls?: VerifiedTls | undefined;
  /** Makes a token for each connection of a user that logs in by IAM. */
  readonly iamToken?: MakeIamToken | undefined;
  /** Default: the guide's table. */
  readonly tenants?: TenantsMapping | undefined;
}
