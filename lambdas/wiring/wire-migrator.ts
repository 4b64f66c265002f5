import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import { tenantAccess } from '../../src/compose/tenant-access.ts';
import type { AttemptTenant } from '../../src/core/migrate/attempt.ts';
import { createMigrateTenant } from '../../src/core/migrate/migrate-tenant.ts';
import { lambdaEnvironment } from '../environment.ts';
import type { Clock, Variables } from './function-parts.ts';
import { guardMigrations } from './guard-migrations.ts';
import { FENCE_WAIT_SECONDS, tenantTerms } from './tenant-terms.ts';

/** The migrator's dependencies. */
export interface MigratorWiring extends Clock {
  readonly attemptTenant: AttemptTenant;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly maxHoursPerTenant: number;
}

/** Joins the adapters to the core for the function that migrates a tenant. */
export async function wireMigrator(
  variables: Variables,
  project: ShippedProject = {},
): Promise<MigratorWiring> {
  const environment = lambdaEnvironment(variables);
  const terms = await tenantTerms(environment, project);
  guardMigrations('migrate-tenant');
  return {
    now: Date.now,
    random: Math.random,
    maxHoursPerTenant: environment.maxHoursPerTenant(),
    attemptTenant: createMigrateTenant({
      ...(await tenantAccess(terms)),
      fenceWaitSeconds: FENCE_WAIT_SECONDS,
    }),
  };
}
