import { chooseTls } from '../../src/compose/choose-tls.ts';
import { iamToken } from '../../src/compose/iam-token.ts';
import {
  type ShippedProject,
  shippedKnexSettings,
  shippedSeedLoader,
} from '../../src/compose/project/shipped-project.ts';
import type { TenantAccessOptions } from '../../src/compose/tenant-access.ts';
import type { LambdaEnvironment } from '../environment.ts';
import { keyRingOf } from './key-ring.ts';

/**
 * A function waits this long for a busy fence. After that the state machine waits, which costs nothing:
 * the holder may be running an ALTER for hours.
 */
export const FENCE_WAIT_SECONDS = 20;
const CONNECT_TIMEOUT_MS = 10_000;

/** Tenant databases as the stack configures them; the first event reads the key. */
export async function tenantAccessOptions(
  environment: LambdaEnvironment,
  project: ShippedProject,
): Promise<TenantAccessOptions> {
  return {
    keyRing: keyRingOf(environment),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    tls: await chooseTls({ mode: environment.tls() }),
    iamToken,
    tableName: environment.optional('tableName'),
    disableTransactions: project.disableTransactions,
    knex: await shippedKnexSettings(project),
    loadSeed: shippedSeedLoader(project),
  };
}
