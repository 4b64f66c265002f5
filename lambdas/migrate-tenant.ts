import * as z from 'zod';
import type { ShippedProject } from '../src/compose/project/shipped-project.ts';
import { migrateItem } from '../src/core/states/migrate-item.ts';
import {
  migrateTenantEventSchema,
  type WarmUpResult,
  warmUpEventSchema,
} from '../src/core/wire/step-schemas.ts';
import { createLambda } from './create-lambda.ts';
import { createLog } from './log.ts';
import { type ShippedMigration, shippedBundle } from './shipped-bundle.ts';
import { ThrownError } from './thrown-error.ts';
import { type MigratorWiring, wireMigrator } from './wiring/wire-migrator.ts';

/**
 * Neither a migration nor a statement begins when this little of the function's time is left: a running one
 * has to finish, to be journaled, and the connection has to be closed.
 */
const RESERVE_MS = 60_000;

const eventSchema = z.discriminatedUnion('step', [warmUpEventSchema, migrateTenantEventSchema]);

const WARM: WarmUpResult = { status: 'warm' };

/** The states WarmUp and MigrateTenant. */
export const createHandler = (
  migrations: readonly ShippedMigration[],
  project: ShippedProject = {},
  wire: () => Promise<MigratorWiring> = () => wireMigrator(process.env, project),
  log = createLog('migrate-tenant'),
) => {
  const bundle = shippedBundle(migrations);
  return createLambda({
    log,
    wire,
    schema: eventSchema,
    about: (event) =>
      event.step === 'warm'
        ? { step: event.step }
        : {
            runId: event.run.runId,
            tenant: event.item.tenant.id,
            slug: event.item.tenant.slug,
            retryCount: event.retryCount,
          },
    async run(event, wiring, invocation) {
      if (event.step === 'warm') return WARM;
      // A function with a short time limit would otherwise pause before it did anything.
      const reserve = Math.min(RESERVE_MS, invocation.getRemainingTimeInMillis() / 2);
      const pause = () => invocation.getRemainingTimeInMillis() < reserve;
      const result = await migrateItem(event, { ...wiring, bundle, pause });
      if (result.kind === 'thrown') throw new ThrownError(result.name, result.message);
      return result.value;
    },
    told: ({ status }) => ({ status }),
  });
};
