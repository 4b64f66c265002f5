import type { TenantFilter } from '../ports.ts';
import type { Tenant, TenantStatus } from '../tenant.ts';
import type { NewTenant } from './new-tenant.ts';

/** Encrypts the password of a new tenant once it has an id. */
export type SealPassword = (id: string) => Promise<string>;

/**
 * The tenants of the central database for the people who keep it: what a run does not need.
 * Throws `FanfoldError`s, with fault `configuration` unless a method says otherwise.
 */
export interface TenantRegistry {
  /** Ordered by slug, read page by page. A filter without a status takes every status. */
  list(filter: TenantFilter): AsyncIterable<Tenant>;
  /**
   * Adds a checked tenant. `SlugTaken` (fault `usage`) if the slug is in use.
   *
   * @param seal encrypts the password of the row, for the id that it has
   */
  add(tenant: NewTenant, seal: SealPassword): Promise<Tenant>;
  /** `TenantUnknown` (fault `usage`) if no tenant has the id. */
  setStatus(id: string, status: TenantStatus): Promise<void>;
}
