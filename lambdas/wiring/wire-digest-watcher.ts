import { createBucket } from '../../src/adapters/aws/bucket.ts';
import { createS3Client } from '../../src/adapters/aws/clients/create-s3-client.ts';
import { createS3DigestStore } from '../../src/adapters/aws/digest-store.ts';
import { createS3RunStore } from '../../src/adapters/aws/run-store.ts';
// Not lazy: the driver is to be there when the first event comes.
import { createReadDigests } from '../../src/adapters/mysql/read-digests.ts';
import { chooseTls } from '../../src/compose/choose-tls.ts';
import { iamToken } from '../../src/compose/iam-token.ts';
import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import type { DigestStore } from '../../src/core/digests/digest-store.ts';
import type { ReadTenantDigests } from '../../src/core/digests/look-at-digests.ts';
import { createPasswordOpener } from '../../src/core/encryption/password-opener.ts';
import { openLoginToMigrate } from '../../src/core/migrate/login-to-migrate.ts';
import type { TenantDirectory } from '../../src/core/ports.ts';
import type { RunStore } from '../../src/core/run-store.ts';
import { lambdaEnvironment } from '../environment.ts';
import { centralDatabase } from './central-database.ts';
import type { Variables } from './function-parts.ts';
import { keyRingOf } from './key-ring.ts';

/** The dependencies of the function that compares statements. */
export interface DigestWatcherWiring {
  readonly store: Pick<RunStore, 'readRun' | 'readWave'> & DigestStore;
  readonly read: ReadTenantDigests;
  /** Connects to the central database for the time of `work`, which has to be idempotent. */
  usingDirectory<Result>(work: (directory: TenantDirectory) => Promise<Result>): Promise<Result>;
}

/** Joins the adapters to the core for the function that compares statements. */
export async function wireDigestWatcher(
  variables: Variables,
  project: ShippedProject = {},
): Promise<DigestWatcherWiring> {
  const environment = lambdaEnvironment(variables);
  const usingCentral = await centralDatabase(environment, project);
  const bucket = createBucket(createS3Client(), environment.required('runBucket'), 'function');
  const { readRun, readWave } = createS3RunStore(bucket);
  const read = createReadDigests({ tls: await chooseTls({ mode: environment.tls() }), iamToken });
  const passwords = createPasswordOpener(keyRingOf(environment));
  return {
    store: { readRun, readWave, ...createS3DigestStore(bucket) },
    read: async (tenant) => read(await openLoginToMigrate(tenant, passwords)),
    usingDirectory: (work) => usingCentral(({ directory }) => work(directory)),
  };
}
