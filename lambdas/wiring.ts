import {
  createLambdaClient,
  createS3Client,
  createSecretsClient,
  createStacksClient,
  createStatesClient,
} from '../src/adapters/aws/clients.ts';
import type { CentralDatabase } from '../src/adapters/prisma/central-database.ts';
import type { Bundle } from '../src/core/bundle/bundle.ts';
import { parseCentralDatabaseSecret } from '../src/core/central/central-database-secret.ts';
import { cachedKeyRing, type KeyRingSource } from '../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../src/core/encryption/parse-key-ring.ts';
import { createPasswordOpener } from '../src/core/encryption/password-opener.ts';
import type { AttemptTenant } from '../src/core/migrate/attempt.ts';
import { createMigrateTenant } from '../src/core/migrate/migrate-tenant.ts';
import type { Deployments } from '../src/core/on-deploy/deployments.ts';
import type { TenantDirectory } from '../src/core/ports.ts';
import type { Provisioning } from '../src/core/provision/provisioning.ts';
import type { RunRequest } from '../src/core/request.ts';
import type { RenderReport } from '../src/core/run/finished-run.ts';
import type { Executions, StepRunStore } from '../src/core/step-ports.ts';
import { type LambdaEnvironment, lambdaEnvironment } from './environment.ts';
import { guardMigrationCode } from './guard-migration-code.ts';
import { keptLogin } from './kept-login.ts';
import { createLog } from './log.ts';
import { nameCentralSecret } from './name-central-secret.ts';
import type { ShippedProject } from './shipped-project.ts';

// One function a Lambda: a bundler leaves out what the others import, if that is said by `import()`
// or, as with the clients, in packages without side effects. Nothing here opens a connection
// or reads a secret: that waits for the first event.

type Variables = Readonly<Record<string, string | undefined>>;

interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The lister's dependencies. */
export interface ListerWiring extends Clock {
  readonly store: StepRunStore;
  /** Connects to the central database for the time of `work`, which has to be idempotent. */
  usingDirectory<Result>(work: (directory: TenantDirectory) => Promise<Result>): Promise<Result>;
}

export async function wireLister(
  variables: Variables,
  project: ShippedProject = {},
): Promise<ListerWiring> {
  const environment = lambdaEnvironment(variables);
  const usingCentral = await centralDatabase(environment, project);
  return {
    now: Date.now,
    store: await runStore(environment),
    usingDirectory: (work) => usingCentral(({ directory }) => work(directory)),
  };
}

/** The migrator's dependencies. */
export interface MigratorWiring extends Clock {
  readonly attemptTenant: AttemptTenant;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly maxHoursPerTenant: number;
}

/**
 * A busy fence is waited for this long, and then in a Wait state, which costs nothing: what holds it
 * may be an ALTER of hours.
 */
const FENCE_WAIT_SECONDS = 20;
const CONNECT_TIMEOUT_MS = 10_000;

export async function wireMigrator(
  variables: Variables,
  project: ShippedProject = {},
): Promise<MigratorWiring> {
  const environment = lambdaEnvironment(variables);
  const keyRing = await keyRingOf(environment);
  await guardMigrations('migrate-tenant');
  return {
    now: Date.now,
    random: Math.random,
    maxHoursPerTenant: environment.maxHoursPerTenant(),
    attemptTenant: await tenantMigrator(environment, keyRing, project),
  };
}

/** The provisioner's dependencies: it has Prisma and the migrations, see docs/adr. */
export interface ProvisionerWiring {
  /** Connects to the central database for the time of `work`, which has to be idempotent. */
  usingProvisioning<Result>(
    bundle: Bundle,
    work: (provisioning: Provisioning) => Promise<Result>,
  ): Promise<Result>;
}

export async function wireProvisioner(
  variables: Variables,
  project: ShippedProject = {},
): Promise<ProvisionerWiring> {
  const environment = lambdaEnvironment(variables);
  const { createAdminSecrets } = await import('../src/adapters/aws/admin-secrets.ts');
  const { createProvisioning } = await import('../src/create-provisioning.ts');
  const usingCentral = await centralDatabase(environment, project);
  const keyRing = await keyRingOf(environment);
  await guardMigrations('provision-tenant');
  const parts = {
    keyRing,
    admins: createAdminSecrets(createSecretsClient(), environment.adminSecrets()),
    attemptTenant: await tenantMigrator(environment, keyRing, project),
    passwordFormat: environment.passwordFormat(),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    tls: await tlsChooser(environment),
    tableName: environment.optional('tableName'),
    collation: environment.optional('collation'),
    accountsFrom: environment.optional('accountsFrom'),
    privileges: environment.optional('privileges'),
    migrationPrivileges: environment.optional('migrationPrivileges'),
    requireTls: environment.requireTls(),
  };
  return {
    usingProvisioning: (bundle, work) =>
      usingCentral(({ provisioning: registry }) =>
        work(createProvisioning({ ...parts, registry, bundle })),
      ),
  };
}

/** The reducer's dependencies. */
export interface ReducerWiring extends Clock {
  readonly store: StepRunStore;
}

export async function wireReducer(variables: Variables): Promise<ReducerWiring> {
  return { now: Date.now, store: await runStore(lambdaEnvironment(variables)) };
}

/** Dependencies of the functions that open and settle runs. */
export interface SettlerWiring extends ReducerWiring {
  readonly executions: Executions;
  readonly renderReport: RenderReport;
  readonly requestDefaults: Partial<RunRequest>;
}

export async function wireSettler(variables: Variables): Promise<SettlerWiring> {
  const environment = lambdaEnvironment(variables);
  const { createExecutions } = await import('../src/adapters/aws/executions.ts');
  const { renderHtmlReport } = await import('../src/adapters/report/html-report.ts');
  return {
    ...(await wireReducer(variables)),
    renderReport: renderHtmlReport,
    executions: createExecutions(createStatesClient(), createLambdaClient()),
    requestDefaults: environment.requestDefaults(),
  };
}

/** The dependencies of a deployment. */
export interface OnDeployWiring extends Clock {
  readonly deployments: Deployments;
}

export async function wireOnDeploy(): Promise<OnDeployWiring> {
  const { createDeployments } = await import('../src/adapters/aws/deployments.ts');
  return {
    now: Date.now,
    deployments: createDeployments(createStacksClient(), createStatesClient()),
  };
}

async function keyRingOf(environment: LambdaEnvironment): Promise<KeyRingSource> {
  const arn = environment.required('keySecretArn');
  const { readSecretText } = await import('../src/adapters/aws/secret-text.ts');
  const secrets = createSecretsClient();
  return cachedKeyRing(async () =>
    parseKeyRing(await readSecretText(secrets, arn, 'the encryption key'), `The secret ${arn}`),
  );
}

async function tenantMigrator(
  environment: LambdaEnvironment,
  keyRing: KeyRingSource,
  project: ShippedProject,
): Promise<AttemptTenant> {
  const { shippedKnexSettings, shippedSeedLoader } = await import('./shipped-project.ts');
  const { createTenantDatabases } = await import('../src/adapters/mysql/tenant-databases.ts');
  const databases = createTenantDatabases({
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    tls: await tlsChooser(environment),
    tableName: environment.optional('tableName'),
    disableTransactions: project.disableTransactions,
    knex: await shippedKnexSettings(project),
    loadSeed: shippedSeedLoader(project),
  });
  return createMigrateTenant({
    databases,
    passwords: createPasswordOpener(keyRing),
    fenceWaitSeconds: FENCE_WAIT_SECONDS,
  });
}

/** Connects to the central database for the time of `work`, which has to be idempotent. */
async function centralDatabase(environment: LambdaEnvironment, project: ShippedProject) {
  const arn = environment.required('centralSecretArn');
  const { readSecretText } = await import('../src/adapters/aws/secret-text.ts');
  const { usingCentralDatabase } = await import('../src/adapters/prisma/central-database.ts');
  const tls = await tlsChooser(environment);
  const tenants = environment.centralTenants() ?? project.tenants;
  const secrets = createSecretsClient();
  const usingLogin = keptLogin(async () => {
    const text = await readSecretText(secrets, arn, 'the central database');
    return parseCentralDatabaseSecret(text, `The secret ${arn}`);
  });
  return async <Result>(work: (central: CentralDatabase) => Promise<Result>): Promise<Result> => {
    try {
      return await usingLogin((login) => {
        const ssl = tls(login.host);
        const verified = ssl === undefined ? undefined : { ca: ssl.ca as string[] };
        return usingCentralDatabase({ login, tls: verified, tenants }, work);
      });
    } catch (error) {
      throw nameCentralSecret(error, arn);
    }
  };
}

async function runStore(environment: LambdaEnvironment): Promise<StepRunStore> {
  const { createBucket } = await import('../src/adapters/aws/bucket.ts');
  const { createS3RunStore } = await import('../src/adapters/aws/run-store.ts');
  return createS3RunStore(createBucket(createS3Client(), environment.required('runBucket')));
}

async function tlsChooser(environment: LambdaEnvironment) {
  const { createTlsChooser } = await import('../src/adapters/mysql/connection/tls.ts');
  return createTlsChooser({ mode: environment.tls() });
}

/** Both functions that run migrations keep them from ending the process. */
async function guardMigrations(name: string): Promise<void> {
  const { strayErrors } = await import('../src/adapters/mysql/migration/knex/stray-errors.ts');
  guardMigrationCode(strayErrors, createLog(name));
}
