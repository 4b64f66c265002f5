import {
  createLambdaClient,
  createS3Client,
  createSecretsClient,
  createStacksClient,
  createStatesClient,
} from '../src/adapters/aws/clients.ts';
import { parseCentralDatabaseSecret } from '../src/core/central/central-database-secret.ts';
import { cachedKeyRing } from '../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../src/core/encryption/parse-key-ring.ts';
import { createPasswordOpener } from '../src/core/encryption/password-opener.ts';
import type { AttemptTenant } from '../src/core/migrate/attempt.ts';
import { createMigrateTenant } from '../src/core/migrate/migrate-tenant.ts';
import type { Deployments } from '../src/core/on-deploy/deployments.ts';
import type { TenantDirectory } from '../src/core/ports.ts';
import type { RunRequest } from '../src/core/request.ts';
import type { RenderReport } from '../src/core/run/finished-run.ts';
import type { Executions, StepRunStore } from '../src/core/step-ports.ts';
import { type LambdaEnvironment, lambdaEnvironment } from './environment.ts';
import { keptLogin } from './kept-login.ts';
import { nameCentralSecret } from './name-central-secret.ts';

// One function a Lambda: a bundler leaves out what the others import, where that is said by `import()`
// or, as with the clients, in packages without side effects. Nothing here opens a connection
// or reads a secret: that waits for the first event.

type Variables = Readonly<Record<string, string | undefined>>;

interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What the lister works with. It alone has Prisma. */
export interface ListerWiring extends Clock {
  readonly store: StepRunStore;
  /** Connects to the central database for the time of `work`, which has to be idempotent. */
  usingDirectory<Result>(work: (directory: TenantDirectory) => Promise<Result>): Promise<Result>;
}

export async function wireLister(variables: Variables): Promise<ListerWiring> {
  const environment = lambdaEnvironment(variables);
  const arn = environment.required('centralSecretArn');
  const { readSecretText } = await import('../src/adapters/aws/secret-text.ts');
  const { usingCentralDatabase } = await import('../src/adapters/prisma/central-database.ts');
  const tls = await tlsChooser(environment);
  const secrets = createSecretsClient();
  const usingLogin = keptLogin(async () => {
    const text = await readSecretText(secrets, arn, 'the central database');
    return parseCentralDatabaseSecret(text, `The secret ${arn}`);
  });
  return {
    now: Date.now,
    store: await runStore(environment),
    async usingDirectory(work) {
      try {
        return await usingLogin((login) => {
          const ssl = tls(login.host);
          const verified = ssl === undefined ? undefined : { ca: ssl.ca as string[] };
          return usingCentralDatabase(login, verified, ({ directory }) => work(directory));
        });
      } catch (error) {
        throw nameCentralSecret(error, arn);
      }
    },
  };
}

/** What the migrator works with. */
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

export async function wireMigrator(variables: Variables): Promise<MigratorWiring> {
  const environment = lambdaEnvironment(variables);
  const arn = environment.required('keySecretArn');
  const { readSecretText } = await import('../src/adapters/aws/secret-text.ts');
  const { createTenantDatabases } = await import('../src/adapters/mysql/tenant-databases.ts');
  const secrets = createSecretsClient();
  const keyRing = cachedKeyRing(async () =>
    parseKeyRing(await readSecretText(secrets, arn, 'the encryption key'), `The secret ${arn}`),
  );
  const databases = createTenantDatabases({
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    tls: await tlsChooser(environment),
    tableName: environment.optional('tableName'),
  });
  return {
    now: Date.now,
    random: Math.random,
    maxHoursPerTenant: environment.maxHoursPerTenant(),
    attemptTenant: createMigrateTenant({
      databases,
      passwords: createPasswordOpener(keyRing),
      now: () => performance.now(),
      fenceWaitSeconds: FENCE_WAIT_SECONDS,
    }),
  };
}

/** What the reducer works with. */
export interface ReducerWiring extends Clock {
  readonly store: StepRunStore;
  readonly renderReport: RenderReport;
}

export async function wireReducer(variables: Variables): Promise<ReducerWiring> {
  const { renderHtmlReport } = await import('../src/adapters/report/html-report.ts');
  const store = await runStore(lambdaEnvironment(variables));
  return { now: Date.now, store, renderReport: renderHtmlReport };
}

/** What opens and settles runs. */
export interface SettlerWiring extends ReducerWiring {
  readonly executions: Executions;
  readonly requestDefaults: Partial<RunRequest>;
}

export async function wireSettler(variables: Variables): Promise<SettlerWiring> {
  const environment = lambdaEnvironment(variables);
  const { createExecutions } = await import('../src/adapters/aws/executions.ts');
  return {
    ...(await wireReducer(variables)),
    executions: createExecutions(createStatesClient(), createLambdaClient()),
    requestDefaults: environment.requestDefaults(),
  };
}

/** What a deployment works with. */
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

async function runStore(environment: LambdaEnvironment): Promise<StepRunStore> {
  const { createBucket } = await import('../src/adapters/aws/bucket.ts');
  const { createS3RunStore } = await import('../src/adapters/aws/run-store.ts');
  return createS3RunStore(createBucket(createS3Client(), environment.required('runBucket')));
}

async function tlsChooser(environment: LambdaEnvironment) {
  const { createTlsChooser } = await import('../src/adapters/mysql/tls.ts');
  return createTlsChooser({ mode: environment.tls() });
}
