import { createAdminSecrets } from '../../src/adapters/aws/admin-secrets.ts';
import { createSecretsClient } from '../../src/adapters/aws/clients/create-secrets-client.ts';
import { credentialParts, repairParts } from '../../src/compose/credential-parts.ts';
import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import { provisioningParts } from '../../src/compose/provisioning-parts.ts';
import { type TenantAccessOptions, tenantAccess } from '../../src/compose/tenant-access.ts';
import type { Bundle } from '../../src/core/bundle/bundle.ts';
import { createPasswordOpener } from '../../src/core/encryption/password-opener.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import { examinePage } from '../../src/core/operator/examine-page.ts';
import { countTenants, findTenants, tenantById } from '../../src/core/operator/find-tenants.ts';
import { moveById } from '../../src/core/operator/move-operation.ts';
import type { Operations } from '../../src/core/operator/operate.ts';
import {
  makeNewPassword,
  replacePassword,
  storeGivenPassword,
} from '../../src/core/operator/password-operations.ts';
import {
  foreseeResolution,
  lookAtHalfApplied,
  resolveAsSeen,
} from '../../src/core/operator/resolve-operations.ts';
import { statusPage } from '../../src/core/operator/status-page.ts';
import { lookAtProvisioning, undoById } from '../../src/core/operator/undo-operations.ts';
import type { AdminLogins } from '../../src/core/provision/database-server.ts';
import { createResolveTenant } from '../../src/core/resolve/resolve-tenant.ts';
import { createReadTenant } from '../../src/core/status/read-tenant.ts';
import type { OperatorFunction } from '../../src/core/wire/operator-functions.ts';
import { type LambdaEnvironment, lambdaEnvironment } from '../environment.ts';
import { centralDatabase } from './central-database.ts';
import type { Variables } from './function-parts.ts';
import { guardMigrations } from './guard-migrations.ts';
import { FENCE_WAIT_SECONDS, tenantAccessOptions } from './tenant-access-options.ts';

/** The dependencies of a function that works for an operator. */
export interface OperatorWiring {
  /** Version of the Fanfold that the stack was deployed with. */
  readonly version: string;
  /** The operations of this function, on a bundle. */
  readonly operations: (bundle: Bundle) => Operations;
}

type Wire = (
  environment: LambdaEnvironment,
  project: ShippedProject,
) => Promise<OperatorWiring['operations']>;

/** Joins the adapters to the core for the function that works for an operator, by its purpose. */
export async function wireOperator(
  variables: Variables,
  project: ShippedProject = {},
): Promise<OperatorWiring> {
  const environment = lambdaEnvironment(variables);
  return {
    version: environment.required('version'),
    operations: await WIRES[environment.operator()](environment, project),
  };
}

const WIRES: Readonly<Record<OperatorFunction, Wire>> = {
  inspect: wireInspect,
  resolve: wireResolve,
  passwords: wirePasswords,
  move: wireMove,
  repair: wireRepair,
  undo: wireUndo,
};

const now = () => performance.now();

/** Reads, and changes nothing. */
async function wireInspect(
  environment: LambdaEnvironment,
  project: ShippedProject,
): Promise<OperatorWiring['operations']> {
  const usingCentral = await centralDatabase(environment, project);
  const options = await tenantAccessOptions(environment, project);
  const readTenant = createReadTenant(await tenantAccess(options));
  const examining = await examiningParts(options);
  return (bundle) => ({
    status: (request) =>
      usingCentral(({ directory }) => statusPage(request, { directory, readTenant, bundle, now })),
    find: (request) => usingCentral(({ directory }) => findTenants(request, directory)),
    count: (request) => usingCentral(({ directory }) => countTenants(request, directory)),
    examine: (request) =>
      usingCentral(({ directory }) =>
        examinePage(request, { ...examining, directory, bundle, now }),
      ),
  });
}

/** Runs the code of migrations, and writes into the databases of tenants. */
async function wireResolve(
  environment: LambdaEnvironment,
  project: ShippedProject,
): Promise<OperatorWiring['operations']> {
  const usingCentral = await centralDatabase(environment, project);
  const options = await tenantAccessOptions(environment, project);
  guardMigrations('operate');
  const resolveTenant = createResolveTenant({
    ...(await tenantAccess(options)),
    fenceWaitSeconds: FENCE_WAIT_SECONDS,
  });
  return (bundle) => ({
    find: (request) => usingCentral(({ directory }) => findTenants(request, directory)),
    'look-at-half-applied': async (request) => {
      const tenant = await usingCentral(({ directory }) => tenantById(request.tenantId, directory));
      return lookAtHalfApplied(request, tenant, { resolveTenant, bundle });
    },
    'foresee-resolution': async (request) => {
      const tenant = await usingCentral(({ directory }) => tenantById(request.tenantId, directory));
      return foreseeResolution(request, tenant, { resolveTenant, bundle });
    },
    resolve: async (request) => {
      const tenant = await usingCentral(({ directory }) => tenantById(request.tenantId, directory));
      return resolveAsSeen(request, tenant, { resolveTenant, bundle });
    },
  });
}

/** Writes logins into the central database and, if the stack has administrators, onto the servers. */
async function wirePasswords(
  environment: LambdaEnvironment,
  project: ShippedProject,
): Promise<OperatorWiring['operations']> {
  const usingCentral = await centralDatabase(environment, project);
  const parts = await loginParts(environment, project);
  // Work is repeated only if the central database has refused the login, so before it has begun.
  return () => ({
    find: (request) => usingCentral(({ directory }) => findTenants(request, directory)),
    'store-password': (request) =>
      usingCentral(({ credentials: registry }) =>
        storeGivenPassword(request, { ...parts, registry }),
      ),
    'make-password': (request) =>
      usingCentral(({ credentials: registry }) => makeNewPassword(request, { ...parts, registry })),
    'rotate-password': (request) =>
      usingCentral(({ credentials: registry }) => replacePassword(request, { ...parts, registry })),
  });
}

/** Writes addresses into the central database, once the tenant's login works there. Knows no administrator. */
async function wireMove(
  environment: LambdaEnvironment,
  project: ShippedProject,
): Promise<OperatorWiring['operations']> {
  const usingCentral = await centralDatabase(environment, project);
  const parts = await loginParts(environment, project);
  return () => ({
    find: (request) => usingCentral(({ directory }) => findTenants(request, directory)),
    'move-tenant': (request) =>
      usingCentral(({ credentials: registry }) => moveById(request, { ...parts, registry })),
  });
}

/** Examines, and repairs as the administrators of the servers. */
async function wireRepair(
  environment: LambdaEnvironment,
  project: ShippedProject,
): Promise<OperatorWiring['operations']> {
  const usingCentral = await centralDatabase(environment, project);
  const options = await tenantAccessOptions(environment, project);
  const { keyRing, tableName } = options;
  const examining = await examiningParts(options);
  const admins = adminsOf(environment);
  const repairs = await repairParts({ connection: options, keyRing, admins, tableName });
  return (bundle) => ({
    find: (request) => usingCentral(({ directory }) => findTenants(request, directory)),
    count: (request) => usingCentral(({ directory }) => countTenants(request, directory)),
    examine: (request) =>
      usingCentral(({ directory }) =>
        examinePage(request, { ...examining, repairs, directory, bundle, now }),
      ),
  });
}

/** Removes tenants that were never ACTIVE. */
async function wireUndo(
  environment: LambdaEnvironment,
  project: ShippedProject,
): Promise<OperatorWiring['operations']> {
  const usingCentral = await centralDatabase(environment, project);
  const parts = await provisioningParts({
    tenants: await tenantAccessOptions(environment, project),
    fenceWaitSeconds: FENCE_WAIT_SECONDS,
    admins: adminsOf(environment),
    passwordFormat: environment.passwordFormat(),
  });
  return (bundle) => ({
    'look-at-provisioning': (request) =>
      usingCentral(({ provisioning: registry }) => lookAtProvisioning(request, { registry })),
    'undo-provisioning': (request) =>
      usingCentral(({ provisioning: registry }) =>
        undoById(request, { ...parts, registry, bundle }),
      ),
  });
}

async function loginParts(environment: LambdaEnvironment, project: ShippedProject) {
  const options = await tenantAccessOptions(environment, project);
  return credentialParts({
    connection: options,
    keyRing: options.keyRing,
    admins: adminsOf(environment),
    passwordFormat: environment.passwordFormat(),
  });
}

async function examiningParts(options: TenantAccessOptions) {
  const { createInspectDatabase } = await import('../../src/adapters/mysql/inspect-database.ts');
  return {
    inspect: createInspectDatabase(options),
    passwords: createPasswordOpener(options.keyRing),
  };
}

/** The administrators of the stack; a stack without provisioning has none. */
function adminsOf(environment: LambdaEnvironment): AdminLogins {
  if (environment.optional('adminSecrets') !== undefined) {
    return createAdminSecrets(createSecretsClient(), environment.adminSecrets());
  }
  return { find: () => Promise.reject(noAdmins()) };
}

function noAdmins(): FanfoldError {
  return new FanfoldError(
    'AdminLoginMissing',
    "The stack has no administrator's login for any database server.",
    {
      fault: 'configuration',
      nextStep:
        'Configure "provisioning" with "adminSecrets" and deploy (docs/how-to/aws.md); or run the command without --aws on a machine that reaches the server.',
    },
  );
}
