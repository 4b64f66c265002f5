import type { ConnectionLogin } from '../ports.ts';
import type { KeptObject } from './kept-object.ts';

/** Kept values in databases of tenants. */
export interface KeptStore {
  /** The dropped tables and columns whose values are kept in a database, the newest first. */
  list(login: ConnectionLogin): Promise<KeptObject[]>;
  /** Drops kept values by their names. Throws `TenantBusy` (retryable) while the tenant is migrated. */
  drop(login: ConnectionLogin, names: readonly string[]): Promise<void>;
}
