import type { CentralDatabaseLogin, VerifiedTls } from './central-database-login.ts';
import type { TenantsMapping } from './tenants-mapping.ts';

/** How the central database is reached, and where its tenants stand in it. */
export interface CentralAccess {
  readonly login: CentralDatabaseLogin;
  /** `undefined` for plain text, which belongs on loopback. */
  readonly tls?: VerifiedTls | undefined;
  /** Default: the guide's table. */
  readonly tenants?: TenantsMapping | undefined;
}
