import type { ShippedProject } from '../src/compose/project/shipped-project.ts';
import { provisionState } from '../src/core/states/provision-state.ts';
import { provisionEventSchema } from '../src/core/wire/provision-schemas.ts';
import { createLambda, PRESS_REDRIVE } from './create-lambda.ts';
import { createLog } from './log.ts';
import { type ShippedMigration, shippedBundle } from './shipped-bundle.ts';
import { type ProvisionerWiring, wireProvisioner } from './wiring/wire-provisioner.ts';

/** As in the migrator: a statement that runs when this little time is left has to finish. */
const RESERVE_MS = 60_000;

/** All states of ProvisionTenant. */
export const createHandler = (
  migrations: readonly ShippedMigration[],
  project: ShippedProject = {},
  wire: () => Promise<ProvisionerWiring> = () => wireProvisioner(process.env, project),
  log = createLog('provision-tenant'),
) => {
  const bundle = shippedBundle(migrations);
  return createLambda({
    again: () => PRESS_REDRIVE,
    log,
    wire,
    schema: provisionEventSchema,
    about: (event) =>
      event.step === 'claim'
        ? { step: event.step }
        : { step: event.step, tenant: event.progress.tenantId, slug: event.progress.slug },
    run(event, { usingProvisioning }, invocation) {
      // A function with a short time limit would otherwise pause before it did anything.
      const reserve = Math.min(RESERVE_MS, invocation.getRemainingTimeInMillis() / 2);
      const pause = () => invocation.getRemainingTimeInMillis() < reserve;
      return usingProvisioning(bundle, (provisioning) =>
        provisionState(event, { ...provisioning, pause }),
      );
    },
    told: (result) =>
      'again' in result
        ? { again: true }
        : { tenant: result.tenantId, slug: result.slug, status: result.status },
  });
};
