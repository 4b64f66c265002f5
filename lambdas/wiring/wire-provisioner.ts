import { createAdminSecrets } from '../../src/adapters/aws/admin-secrets.ts';
import { createSecretsClient } from '../../src/adapters/aws/clients/create-secrets-client.ts';
import { loadSnapshot } from '../../src/compose/load-snapshot.ts';
import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import { provisioningParts } from '../../src/compose/provisioning-parts.ts';
import type { Bundle } from '../../src/core/bundle/bundle.ts';
import type { PoolRegistry } from '../../src/core/pool/pool-registry.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import { lambdaEnvironment } from '../environment.ts';
import { centralDatabase } from './central-database.ts';
import type { Variables } from './function-parts.ts';
import { guardMigrations } from './guard-migrations.ts';
import { FENCE_WAIT_SECONDS, tenantAccessOptions } from './tenant-access-options.ts';

/** The provisioner's dependencies: it has Prisma and the migrations, see docs/adr. */
export interface ProvisionerWiring {
  /**
   * Connects to the central database for the time of `work`, which has to be idempotent. New tenants ask the pool only if
   * its size is not 0.
   */
  usingProvisioning<Result>(
    bundle: Bundle,
    work: (provisioning: Provisioning, pool: PoolRegistry) => Promise<Result>,
  ): Promise<Result>;
  /** Databases that are kept ready on each server. */
  readonly poolSize: number;
}

/** Joins the adapters to the core for the function that provisions a tenant. */
export async function wireProvisioner(
  variables: Variables,
  project: ShippedProject = {},
): Promise<ProvisionerWiring> {
  const environment = lambdaEnvironment(variables);
  const usingCentral = await centralDatabase(environment, project);
  const tenants = await tenantAccessOptions(environment, project);
  guardMigrations('provision-tenant');
  const parts = await provisioningParts({
    tenants,
    fenceWaitSeconds: FENCE_WAIT_SECONDS,
    admins: createAdminSecrets(createSecretsClient(), environment.adminSecrets()),
    passwordFormat: environment.passwordFormat(),
    auth: environment.auth(),
    collation: environment.optional('collation'),
    accountsFrom: environment.optional('accountsFrom'),
    privileges: environment.optional('privileges'),
    migrationPrivileges: environment.optional('migrationPrivileges'),
    requireTls: environment.requireTls(),
  });
  const snapshot =
    project.snapshot === undefined
      ? undefined
      : await loadSnapshot('.', { snapshotFile: project.snapshot });
  const poolSize = environment.poolSize();
  return {
    poolSize,
    usingProvisioning: (bundle, work) =>
      usingCentral(({ provisioning: registry, pool }) =>
        work({ ...parts, registry, bundle, snapshot, ...(poolSize > 0 && { pool }) }, pool),
      ),
  };
}
