import { backfillsPending, withoutBackfills } from '../backfill/plan-phase.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Attempt } from '../migrate/attempt.ts';
import { failureOf } from '../migrate/failure-of.ts';
import { ofItsHost } from '../migrate/host-health.ts';
import { openLoginToMigrate } from '../migrate/login-to-migrate.ts';
import { planTenant } from '../migrate/plan-tenant.ts';
import type { PasswordOpener, TenantDatabases } from '../ports.ts';
import { hostKey, type Tenant } from '../tenant.ts';

/** Reads the state of a tenant's database with one query; failure is data. */
export type TenantAnswer = Extract<Attempt, { readonly status: 'planned' | 'failed' }>;

/** Asks one tenant's database which migrations of a bundle are pending. Writes and locks nothing. */
export type ReadTenant = (tenant: Tenant, bundle: Bundle) => Promise<TenantAnswer>;

export interface ReadTenantDependencies {
  readonly databases: TenantDatabases;
  readonly passwords: PasswordOpener;
}

/** Makes the function that reads one tenant. It belongs to no run. */
export function createReadTenant({ databases, passwords }: ReadTenantDependencies): ReadTenant {
  return async (tenant, bundle) => {
    const secrets: string[] = [];
    try {
      const login = await openLoginToMigrate(tenant, passwords);
      secrets.push(login.password);
      const state = await databases.using(login, (database) => database.readState());
      // Missing and modified migrations are noted here; a run refuses them.
      const { pending, notes } = planTenant(bundle, state, { strict: false, allowMissing: true });
      const { schema, backfills } = await withoutBackfills(pending);
      return {
        status: 'planned',
        pending: schema.map(({ name }) => name),
        notes,
        ...(backfills.length > 0 && {
          backfills,
          notes: [...notes, backfillsPending(backfills)],
        }),
      };
    } catch (error) {
      const { id, slug, name, address, migrationLogin } = tenant;
      const { host, database, user } = address;
      const names = [id, slug, name, host, database, user, migrationLogin?.user ?? ''];
      const failure = ofItsHost(failureOf(error, secrets, names), hostKey(address));
      return { status: 'failed', failure, applied: [], notes: [] };
    }
  };
}
