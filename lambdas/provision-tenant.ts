import * as z from 'zod';
import type { ShippedProject } from '../src/compose/project/shipped-project.ts';
import { type PoolProgress, poolState, type ServersOfPool } from '../src/core/states/pool-state.ts';
import { type ProvisionStateResult, provisionState } from '../src/core/states/provision-state.ts';
import { serverName } from '../src/core/tenant.ts';
import { poolEventSchemas } from '../src/core/wire/pool-schemas.ts';
import { provisionEventSchema } from '../src/core/wire/provision-schemas.ts';
import { createLambda, PRESS_REDRIVE } from './create-lambda.ts';
import { createLog, type LogFields } from './log.ts';
import { type ShippedMigration, shippedBundle } from './shipped-bundle.ts';
import { type ProvisionerWiring, wireProvisioner } from './wiring/wire-provisioner.ts';

/** As in the migrator: a statement that runs when this little time is left has to finish. */
const RESERVE_MS = 60_000;

const schema = z.discriminatedUnion('step', [...provisionEventSchema.options, ...poolEventSchemas]);

/** All states of ProvisionTenant and RefillPool, and the one of a run that migrates the pool. */
export const createHandler = (
  migrations: readonly ShippedMigration[],
  project: ShippedProject = {},
  wire: () => Promise<ProvisionerWiring> = () => wireProvisioner(process.env, project),
  log = createLog('provision-tenant'),
) => {
  const bundle = shippedBundle(migrations);
  return createLambda({
    // A pool is filled again by the next execution.
    again: (event) => ('progress' in event || event.step === 'claim' ? PRESS_REDRIVE : undefined),
    log,
    wire,
    schema,
    about: (event) =>
      'progress' in event
        ? { step: event.step, tenant: event.progress.tenantId, slug: event.progress.slug }
        : { step: event.step, ...('server' in event && { server: serverName(event.server) }) },
    run(event, { usingProvisioning, poolSize: size }, invocation) {
      // A function with a short time limit would otherwise pause before it did anything.
      const left = invocation.getRemainingTimeInMillis();
      const reserve = Math.min(RESERVE_MS, left / 2);
      const pause = () => invocation.getRemainingTimeInMillis() < reserve;
      return usingProvisioning<ProvisionStateResult | ServersOfPool | PoolProgress>(
        bundle,
        (provisioning, pool) => {
          const parts = { ...provisioning, pause };
          if ('progress' in event || event.step === 'claim') return provisionState(event, parts);
          const signal = AbortSignal.timeout(left - reserve);
          const warn = (problem: string) => log.error('not migrated', { problem });
          return poolState(event, { ...parts, pool, size, signal, warn });
        },
      );
    },
    told,
  });
};

function told(result: ProvisionStateResult | ServersOfPool | PoolProgress): LogFields {
  if ('servers' in result) return { servers: result.servers.length };
  if ('made' in result) return { ...result };
  if ('again' in result) return { again: true };
  const { tenantId: tenant, slug, status, fromPool } = result;
  return { tenant, slug, status, fromPool };
}
