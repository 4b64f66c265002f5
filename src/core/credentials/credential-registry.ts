import type { DatabaseAddress, Tenant } from '../tenant.ts';

/** A tenant with all stored parts of its login. */
export interface CredentialRow {
  readonly tenant: Tenant;
  /** Ciphertext of the coming password, while a rotation is under way; else `null`. */
  readonly next: string | null;
}

/** The values of a row to be changed; absent ones stay. */
export interface CredentialChange {
  readonly address?: DatabaseAddress | undefined;
  readonly encryptedPassword?: string | undefined;
  readonly next?: string | null | undefined;
  /** Of its migration user, if it has one. */
  readonly migrationPassword?: string | undefined;
}

/** The logins of tenants in the central database. Throws `FanfoldError`s with fault `configuration`. */
export interface CredentialRegistry {
  /** Throws if no login can be written: called before anything is changed elsewhere. */
  checkWritable(): Promise<void>;
  read(id: string): Promise<CredentialRow | undefined>;
  /** Rows of every status, by id, from the one after `after` on; fewer than `limit` at the end. */
  page(after: string, limit: number): Promise<CredentialRow[]>;
  /** `false` if address or passwords are no longer as in `row`: nothing is changed then. */
  change(row: CredentialRow, change: CredentialChange): Promise<boolean>;
}
