import type { Failure } from '../failure.ts';
import { failureOf } from '../migrate/failure-of.ts';
import { ofItsHost } from '../migrate/host-health.ts';
import { openLoginToMigrate } from '../migrate/login-to-migrate.ts';
import type { PasswordOpener } from '../ports.ts';
import { hostKey, type Tenant } from '../tenant.ts';
import type { KeptObject } from './kept-object.ts';
import type { KeptStore } from './kept-store.ts';

/** The values that are kept in one tenant's database, or why they could not be read or dropped. */
export type KeptAnswer =
  | { readonly status: 'read'; readonly kept: readonly KeptObject[]; readonly isDropped: boolean }
  | { readonly status: 'failed'; readonly failure: Failure };

/**
 * Reads which values are kept in a tenant's database.
 *
 * @param dropBefore drops those that were kept before, and returns only them
 */
export type KeptOfTenant = (tenant: Tenant, dropBefore?: Date) => Promise<KeptAnswer>;

export interface KeptOfTenantDependencies {
  readonly store: KeptStore;
  readonly passwords: PasswordOpener;
}

/** Makes the function that reads or drops what one tenant keeps. Failure is data. */
export function createKeptOfTenant({ store, passwords }: KeptOfTenantDependencies): KeptOfTenant {
  return async (tenant, dropBefore) => {
    const secrets: string[] = [];
    try {
      const login = await openLoginToMigrate(tenant, passwords);
      secrets.push(login.password);
      const all = await store.list(login);
      if (dropBefore === undefined) return { status: 'read', kept: all, isDropped: false };
      const kept = all.filter(({ keptAt }) => keptAt < dropBefore);
      if (kept.length > 0) {
        const names = kept.map(({ name }) => name);
        await store.drop(login, names);
      }
      return { status: 'read', kept, isDropped: true };
    } catch (error) {
      const { id, slug, name, address } = tenant;
      const { host, database, user } = address;
      const known = [id, slug, name, host, database, user];
      return {
        status: 'failed',
        failure: ofItsHost(failureOf(error, secrets, known), hostKey(address)),
      };
    }
  };
}
