import type { StoredBackfill } from '../backfill/backfill-progress.ts';
import { backfillsPending, withoutBackfills } from '../backfill/plan-phase.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Attempt } from '../migrate/attempt.ts';
import { failureOf } from '../migrate/failure-of.ts';
import { ofItsHost } from '../migrate/host-health.ts';
import { openLoginToMigrate } from '../migrate/login-to-migrate.ts';
import { planTenant } from '../migrate/plan-tenant.ts';
import type { PasswordOpener, TenantDatabases } from '../ports.ts';
import { hostKey, type Tenant } from '../tenant.ts';

/** Reads the state of a tenant's database with one query, and two more if backfills are pending; failure is data. */
export type TenantAnswer =
  | Extract<Attempt, { readonly status: 'failed' }>
  | (Extract<Attempt, { readonly status: 'planned' }> & {
      /** How far its backfills have come; absent if none is pending. */
      readonly progress?: readonly StoredBackfill[] | undefined;
    });

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
      return await databases.using(login, async (database) => {
        const state = await database.readState();
        // Missing and modified migrations are noted here; a run refuses them.
        const { pending, notes } = planTenant(bundle, state, { strict: false, allowMissing: true });
        const { schema, backfills } = await withoutBackfills(pending);
        const answer = {
          status: 'planned',
          pending: schema.map(({ name }) => name),
          notes,
        } as const;
        if (backfills.length === 0) return answer;
        const ids = backfills.map(({ id }) => id);
        return {
          ...answer,
          backfills: ids,
          progress: await database.readBackfills(backfills),
          notes: [...notes, backfillsPending(ids)],
        };
      });
    } catch (error) {
      const { id, slug, name, address, migrationLogin } = tenant;
      const { host, database, user } = address;
      const names = [id, slug, name, host, database, user, migrationLogin?.user ?? ''];
      const failure = ofItsHost(failureOf(error, secrets, names), hostKey(address));
      return { status: 'failed', failure, applied: [], notes: [] };
    }
  };
}
