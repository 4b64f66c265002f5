import { createMigratorObjects } from '../../src/adapters/aws/migrator-objects.ts';
import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import { type TenantAccessOptions, tenantAccess } from '../../src/compose/tenant-access.ts';
import type { ControlWatch } from '../../src/core/backfill/run-control.ts';
import type { AttemptTenant } from '../../src/core/migrate/attempt.ts';
import { createMigrateTenant } from '../../src/core/migrate/migrate-tenant.ts';
import type { PasswordOpener } from '../../src/core/ports.ts';
import type { RestStore } from '../../src/core/states/keep-rest.ts';
import type { RequiredRehearsal } from '../../src/core/states/required-rehearsal.ts';
import { type LambdaEnvironment, lambdaEnvironment } from '../environment.ts';
import type { CurrentTime, Variables } from './function-parts.ts';
import { guardMigrations } from './guard-migrations.ts';
import { FENCE_WAIT_SECONDS, tenantAccessOptions } from './tenant-access-options.ts';
import { runControlWatcher } from './watch-run-control.ts';

/** The migrator's dependencies. */
export interface MigratorWiring extends CurrentTime {
  readonly attemptTenant: AttemptTenant;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly maxHoursPerTenant: number;
  /** Follows the wishes of others for the backfills of a run. */
  readonly watchControl?: ((runId: string) => ControlWatch) | undefined;
  readonly rests?: RestStore | undefined;
  /** Log group of the task for huge tables, if runs start it. */
  readonly onlineTaskLogs?: string | undefined;
  /** The stack that commands in outcomes are typed for. */
  readonly stack?: string | undefined;
  /** Absent if tenants are migrated without evidence of a rehearsal. */
  readonly rehearsal?: RequiredRehearsal | undefined;
}

/** Joins the adapters to the core for the function that migrates a tenant. */
export async function wireMigrator(
  variables: Variables,
  project: ShippedProject = {},
): Promise<MigratorWiring> {
  const environment = lambdaEnvironment(variables);
  const options = await migratorOptions(environment, project);
  guardMigrations('migrate-tenant');
  const access = await tenantAccess(options);
  const objects = createMigratorObjects(environment.required('runBucket'));
  return {
    now: Date.now,
    random: Math.random,
    maxHoursPerTenant: environment.maxHoursPerTenant(),
    watchControl: runControlWatcher(objects),
    rests: objects,
    stack: environment.optional('stack'),
    onlineTaskLogs: environment.optional('onlineTaskLogs'),
    rehearsal: await rehearsalOf(project, options, access.passwords, environment),
    attemptTenant: createMigrateTenant({
      ...access,
      fenceWaitSeconds: FENCE_WAIT_SECONDS,
    }),
  };
}

/** Tenant databases, with the replicas that backfills heed; their code is loaded if some are configured. */
async function migratorOptions(
  environment: LambdaEnvironment,
  project: ShippedProject,
): Promise<TenantAccessOptions> {
  const options = await tenantAccessOptions(environment, project);
  if (project.replicas === undefined) return options;
  const { replicasOfProject } = await import('./replicas-of-project.ts');
  const replicas = await replicasOfProject(project.replicas, options, environment.replicaSecrets());
  return { ...options, replicas };
}

/** Its code is loaded where a rehearsal is required, and before the first event. */
async function rehearsalOf(
  project: ShippedProject,
  options: TenantAccessOptions,
  passwords: PasswordOpener,
  environment: LambdaEnvironment,
): Promise<RequiredRehearsal | undefined> {
  if (project.rehearsal === undefined) return undefined;
  const { requiredRehearsal } = await import('./required-rehearsal.ts');
  return requiredRehearsal(project, options, passwords, environment.shapeSecrets());
}
