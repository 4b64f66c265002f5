/** Life of a tenant; only `ACTIVE` tenants are migrated. */
export const TENANT_STATUSES = [
  'PROVISIONING',
  'ACTIVE',
  'SUSPENDED',
  'FAILED',
  'ARCHIVED',
] as const;

export type TenantStatus = (typeof TENANT_STATUSES)[number];

/** The address of a tenant's database, with the user that logs in. Holds no password. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** A user of a tenant's database and the ciphertext of its password. */
export interface EncryptedUser {
  readonly user: string;
  readonly encryptedPassword: string;
}

/** A row of the central database, as far as migrating needs it. */
export interface Tenant {
  /** UUID, the key of every list and result file. */
  readonly id: string;
  /** Unique, what people type. */
  readonly slug: string;
  /** The name that people read. */
  readonly name: string;
  readonly status: TenantStatus;
  readonly address: DatabaseAddress;
  /** Ciphertext; see `encryption/`. Decrypted only for the connection. */
  readonly encryptedPassword: string;
  /** The user that migrates, if it is not the application's, which `address` names. */
  readonly migrationLogin?: EncryptedUser | undefined;
  /** Hash of the bundle that was last reached, `null` before the first run. */
  readonly schemaVersion: string | null;
  readonly lastMigratedAt: Date | null;
  readonly lastRunId: string | null;
}

/** The names and the server of a tenant, for outcomes, events and reports: no login and no secret. */
export interface TenantRef {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly database: string;
  /** The server, as people write it; absent if the row is gone, and in runs of an earlier version. */
  readonly host?: string | undefined;
}

/** The reference that outcomes carry. */
export function tenantRef(tenant: Pick<Tenant, 'id' | 'slug' | 'name' | 'address'>): TenantRef {
  const { id, slug, name, address } = tenant;
  // Rows that were written by hand may lack a name, and a line has to say whose it is.
  return {
    id,
    slug,
    name: name.trim() === '' ? slug : name,
    database: address.database,
    host: serverName(address),
  };
}

/** A database server, without a login. */
export type ServerAddress = Pick<DatabaseAddress, 'host' | 'port'>;

/** A database server as people write it: an IPv6 address is in brackets. */
export function serverName({ host, port }: ServerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Identity of a database server as an address names it; the unit of the per-host cap. */
export function hostKey(address: ServerAddress): string {
  return `${address.host.toLowerCase()}:${address.port}`;
}
