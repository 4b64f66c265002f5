import { createAdminSecrets } from '../../src/adapters/aws/admin-secrets.ts';
import { createSecretsClient } from '../../src/adapters/aws/clients/create-secrets-client.ts';
import { loadSnapshot } from '../../src/compose/load-snapshot.ts';
import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import { provisioningParts } from '../../src/compose/provisioning-parts.ts';
import type { Bundle } from '../../src/core/bundle/bundle.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import { lambdaEnvironment } from '../environment.ts';
import { centralDatabase } from './central-database.ts';
import type { Variables } from './function-parts.ts';
import { guardMigrations } from './guard-migrations.ts';
import { FENCE_WAIT_SECONDS, tenantAccessOptions } from './tenant-access-options.ts';

/** The provisioner's dependencies: it has Prisma and the migrations, see docs/adr. */
export interface ProvisionerWiring {
  /** Connects to the central database for the time of `work`, which has to be idempotent. */
  usingProvisioning<Result>(
    bundle: Bundle,
    work: (provisioning: Provisioning) => Promise<Result>,
  ): Promise<Result>;
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
  return {
    usingProvisioning: (bundle, work) =>
      usingCentral(({ provisioning: registry }) => work({ ...parts, registry, bundle, snapshot })),
  };
}
