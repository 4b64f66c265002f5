import type { NewTenant } from '../central/new-tenant.ts';
import type { DatabaseAddress, Tenant } from '../tenant.ts';

/**
 * The parts of a tenant that may exist on its server because provisioning made them, recorded before they are
 * made: `claimed` nothing but perhaps the account (nothing at all while the row has no password), `account` the
 * account, `database` the database too.
 */
export const PROVISIONING_MARKS = ['claimed', 'account', 'database'] as const;

/** A part that may exist. */
export type ProvisioningMark = (typeof PROVISIONING_MARKS)[number];

/** The passwords of a new tenant, encrypted. */
export type NewLogins = Pick<Tenant, 'encryptedPassword' | 'migrationLogin'>;

/** A tenant's row as provisioning sees it. */
export interface ProvisioningRow {
  readonly tenant: Tenant;
  /** `null` for a row that provisioning has not begun, or has finished. */
  readonly mark: ProvisioningMark | null;
}

/**
 * The rows of tenants that do not have a database yet. Every change names the state that it expects, and
 * returns `false` if the row is in another one, so that two processes that provision one tenant cannot undo
 * each other's work. Throws `FanfoldError`s, with fault `configuration` unless a method says otherwise; a row
 * that cannot be written at all is refused when it is read, before anything is sent to a server.
 */
export interface ProvisioningRegistry {
  read(id: string): Promise<ProvisioningRow | undefined>;
  findBySlug(slug: string): Promise<ProvisioningRow | undefined>;
  /**
   * Adds a row as `PROVISIONING` and returns its id. It is marked `claimed` if it has the id that was
   * given, for which its password is encrypted; otherwise it has no password and waits to be claimed. One that is added
   * with an empty password is marked and waits to be claimed.
   * Throws `SlugTaken` and `TenantNotAdded` (fault `usage`).
   */
  add(tenant: NewTenant & NewLogins & { readonly id: string }): Promise<string>;
  /** Gives a row without a password its address and logins, and marks it `claimed`. */
  claim(id: string, address: DatabaseAddress, logins: NewLogins): Promise<boolean>;
  /** Resumes a row that FAILED. */
  resume(id: string): Promise<boolean>;
  /** Only while it is `PROVISIONING` and marked. */
  mark(id: string, mark: ProvisioningMark): Promise<boolean>;
  /** `PROVISIONING` and marked, to `ACTIVE` without a mark. */
  activate(
    id: string,
    reached: { schemaVersion: string; runId: string; at: Date },
  ): Promise<boolean>;
  /** `PROVISIONING` and marked, to `FAILED`; the mark stays. */
  fail(id: string, reason: string): Promise<boolean>;
  /** After everything was removed that had been made: `FAILED` and marked, back to `claimed`. */
  forget(id: string): Promise<boolean>;
  /**
   * Deletes a row that is `FAILED` and marked. Throws `TenantInUse` (fault `usage`) if users
   * belong to it.
   */
  remove(id: string): Promise<boolean>;
}
