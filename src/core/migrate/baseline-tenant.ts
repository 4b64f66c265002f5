import type { Bundle } from '../bundle/bundle.ts';
import type { Failure } from '../failure.ts';
import type { PasswordOpener, TenantDatabases } from '../ports.ts';
import { type Tenant, type TenantRef, tenantRef } from '../tenant.ts';
import { failureOf } from './failure-of.ts';
import { openLoginToMigrate } from './login-to-migrate.ts';
import { planTenant } from './plan-tenant.ts';

export interface BaselineDependencies {
  readonly databases: TenantDatabases;
  readonly passwords: PasswordOpener;
  /** Default 10 s. */
  readonly fenceWaitSeconds?: number | undefined;
}

/** The outcome of one tenant. */
export type Baseline = { readonly tenant: TenantRef } & (
  | { readonly status: 'recorded' | 'unchanged' /** Checksums. */; readonly recorded: number }
  | { readonly status: 'failed'; readonly failure: Failure }
);

/** Records checksums in one tenant. Never throws. */
export type BaselineTenant = (tenant: Tenant, bundle: Bundle) => Promise<Baseline>;

/** The time for which a statement waits for a lock; there are only a few rows to write. */
const LOCK_WAIT_SECONDS = 10;

/**
 * Makes the function that records the checksums of migrations which are applied and have none yet, such as
 * all that plain Knex has applied. From then on a file that is changed is noticed. A run does the same when
 * it applies something. Existing checksums stay.
 */
export function createBaselineTenant(dependencies: BaselineDependencies): BaselineTenant {
  const { databases, passwords, fenceWaitSeconds = 10 } = dependencies;
  return async (tenant, bundle) => {
    const secrets: string[] = [];
    const missing = (state: Parameters<typeof planTenant>[1]) =>
      planTenant(bundle, state, { strict: false, allowMissing: true }).baseline;
    try {
      const login = await openLoginToMigrate(tenant, passwords);
      secrets.push(login.password);
      const recorded = await databases.using(login, async (database) => {
        if (missing(await database.readState()).length === 0) return 0;
        return database.usingFence(
          { waitSeconds: fenceWaitSeconds, lockWaitTimeoutSeconds: LOCK_WAIT_SECONDS },
          async (fenced) => {
            const baseline = missing(fenced.state);
            if (baseline.length > 0) await fenced.baseline(baseline);
            return baseline.length;
          },
        );
      });
      const status = recorded > 0 ? 'recorded' : 'unchanged';
      return { tenant: tenantRef(tenant), status, recorded };
    } catch (error) {
      return { tenant: tenantRef(tenant), status: 'failed', failure: failureOf(error, secrets) };
    }
  };
}
