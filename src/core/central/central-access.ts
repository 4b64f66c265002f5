import type { CentralDatabaseLogin, VerifiedTls } from './central-database-login.ts';
import type { TenantsMapping } from './tenants-mapping.ts';

/** The access to the central database, and the mapping of its tenants. */
export interface CentralAccess {
  readonly login: CentralDatabaseLogin;
  /** `undefined` for plain text, which belongs on loopback. */
  readonly tls?: VerifiedTls | undefined;
  /** Default: the guide's table. */
  readonly tenants?: TenantsMapping | undefined;
}
