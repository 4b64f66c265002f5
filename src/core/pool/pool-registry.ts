import type { NewLogins, ProvisioningRegistry } from '../provision/provisioning-registry.ts';
import type { DatabaseAddress, ServerAddress, Tenant } from '../tenant.ts';

/** A database that is kept ready for a new tenant, or is being made, seen as the tenant that it will be. */
export interface PooledDatabase {
  /** ACTIVE once it is ready. Its slug and name are those of the database. */
  readonly tenant: Tenant;
  /** Hash of the settings with which it was made. */
  readonly settings: string;
  /** Why making it failed. */
  readonly reason: string | null;
}

/** A database that is to be made. */
export interface PoolReservation extends NewLogins {
  readonly id: string;
  readonly address: DatabaseAddress;
  readonly settings: string;
}

/** The database that a tenant gets, with passwords that are encrypted for the tenant. */
export interface HandOut extends NewLogins {
  readonly tenantId: string;
  readonly address: DatabaseAddress;
  readonly schemaVersion: string;
  /** Whether the tenant's row was marked by provisioning; one that an application has added is not. */
  readonly isMarked: boolean;
  /** Used instead of a run's id in the tenant's row. */
  readonly runId: string;
  readonly at: Date;
}

/**
 * The list of pooled databases in the central database. Every change names the state that it expects, and returns
 * `false` if the row is in another one. Throws `FanfoldError`s with fault `configuration`.
 */
export interface PoolRegistry {
  /** Whether the central database has the list. */
  exists(): Promise<boolean>;
  /** Identifies the list among those of all central databases. */
  identity(): Promise<string>;
  /** Servers whose pool is kept full: those of pooled databases, and those at which a tenant found or took one. */
  servers(): Promise<readonly ServerAddress[]>;
  /** Adds a server to these, if it is not among them. */
  remember(server: ServerAddress): Promise<void>;
  /** Deletes the rows of databases that were handed out, except one, which remembers the server. */
  tidy(server: ServerAddress): Promise<void>;
  /** Removes servers without pooled databases from these: this one, or all of them. */
  forget(server?: ServerAddress): Promise<void>;
  /** All that are not handed out, of one server or of every one. */
  list(server?: ServerAddress): Promise<readonly PooledDatabase[]>;
  /** Those of these names of databases that a tenant has, at whatever server. */
  namesOfTenants(names: readonly string[]): Promise<readonly string[]>;
  /** Adds a database as `PROVISIONING`, unless its server has that many already. */
  reserve(reservation: PoolReservation, most: number): Promise<boolean>;
  /** The rows as provisioning sees them, by which pooled databases are made and removed. */
  readonly provisioning: ProvisioningRegistry;
  /** Records that a ready database has been migrated to a bundle. */
  reached(id: string, schemaVersion: string): Promise<boolean>;
  /** Takes a ready database out of the pool, to be removed. */
  retire(id: string, reason: string): Promise<boolean>;
  /**
   * Gives a ready database to a tenant that has none, which is ACTIVE then, and takes it out of the pool, in one
   * statement: either both happen or nothing.
   */
  handOut(pooledId: string, handOut: HandOut): Promise<boolean>;
}
