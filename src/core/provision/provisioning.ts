import type { Bundle } from '../bundle/bundle.ts';
import type { PasswordSealer } from '../encryption/password-sealer.ts';
import type { AttemptTenant } from '../migrate/attempt.ts';
import type { RetryPolicy } from '../migrate/full-jitter.ts';
import type { PoolRegistry } from '../pool/pool-registry.ts';
import type { Clock, PasswordOpener } from '../ports.ts';
import type { SnapshotOffer } from '../snapshot/snapshot.ts';
import type { AdminLogins, DatabaseServers } from './database-server.ts';
import type { ProvisioningRegistry } from './provisioning-registry.ts';

/** The settings for databases and accounts of new tenants. */
export interface ProvisioningSettings {
  /** The hosts from which accounts may log in: `%`, or a pattern such as `10.1.%`. */
  readonly accountsFrom: string;
  /** Whether the server is to refuse an account without TLS, by the server's host. */
  readonly requireTls: (host: string) => boolean;
  /** `iam`: users of new tenants log in by IAM instead of a password. */
  readonly auth?: 'iam' | undefined;
  /** Such as `utf8mb4_0900_ai_ci`; `undefined` takes the server's own for utf8mb4. */
  readonly collation?: string | undefined;
  /** On the tenant's own database; see {@link parsePrivileges}. */
  readonly privileges: readonly string[];
  /** Those of a second user, which migrates. Without them no second user is made. */
  readonly migrationPrivileges?: readonly string[] | undefined;
}

/** The ports and settings of provisioning. */
export interface Provisioning {
  readonly registry: ProvisioningRegistry;
  readonly admins: AdminLogins;
  readonly servers: DatabaseServers;
  readonly passwords: PasswordOpener;
  readonly sealer: PasswordSealer;
  /** The same migrator that runs over the fleet. */
  readonly attemptTenant: AttemptTenant;
  readonly bundle: Bundle;
  /** The snapshot from which an empty database is made, if it fits. Default: the migrations are replayed. */
  readonly snapshot?: SnapshotOffer | undefined;
  /** Databases that are kept ready for tenants without a database. Default: none. */
  readonly pool?: PoolRegistry | undefined;
  /** Whether the migrations are to pause, since this process ends soon. Default: never. */
  readonly pause?: (() => boolean) | undefined;
  readonly settings: ProvisioningSettings;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** For transient failures, such as a server that has no connection to spare. */
  readonly retry: RetryPolicy;
}
