import * as z from 'zod';
import type { ShippedProject } from '../src/compose/project/shipped-project.ts';
import { checkShapes } from '../src/core/states/check-shapes.ts';
import { migrateItem } from '../src/core/states/migrate-item.ts';
import { probeTenants } from '../src/core/states/probe-tenants.ts';
import {
  checkShapesEventSchema,
  migrateTenantEventSchema,
  probeTenantsEventSchema,
  type WarmUpResult,
  warmUpEventSchema,
} from '../src/core/wire/step-schemas.ts';
import { wordsOnStack } from '../src/core/wording/on-stack.ts';
import { createLambda, PRESS_REDRIVE } from './create-lambda.ts';
import { createLog } from './log.ts';
import { type ShippedMigration, shippedBundle } from './shipped-bundle.ts';
import { ThrownError } from './thrown-error.ts';
import { type MigratorWiring, wireMigrator } from './wiring/wire-migrator.ts';

/**
 * Neither a migration nor a statement begins when this little of the function's time is left: a running one
 * has to finish, to be journaled, and the connection has to be closed.
 */
const RESERVE_MS = 60_000;

/**
 * The time of a batch of the probe: its child execution is an EXPRESS one, which ends after five minutes, and the
 * tenants that are being asked then have to be answered or given up.
 */
const BATCH_MS = 180_000;

const eventSchema = z.discriminatedUnion('step', [
  warmUpEventSchema,
  probeTenantsEventSchema,
  checkShapesEventSchema,
  migrateTenantEventSchema,
]);

const WARM: WarmUpResult = { status: 'warm' };

/** The states WarmUp, CheckBatch, ProbeBatch and MigrateTenant. */
export const createHandler = (
  migrations: readonly ShippedMigration[],
  project: ShippedProject = {},
  wire: () => Promise<MigratorWiring> = () => wireMigrator(process.env, project),
  log = createLog('migrate-tenant'),
) => {
  const bundle = shippedBundle(migrations);
  return createLambda({
    again: () => PRESS_REDRIVE,
    log,
    wire,
    schema: eventSchema,
    about(event) {
      switch (event.step) {
        case 'warm':
          return { step: event.step };
        case 'probe':
        case 'shapes':
          return { step: event.step, runId: event.run.runId, tenants: event.items.length };
        default:
          return {
            runId: event.run.runId,
            tenant: event.item.tenant.id,
            slug: event.item.tenant.slug,
            retryCount: event.retryCount,
          };
      }
    },
    async run(event, wiring, invocation) {
      if (event.step === 'warm') return WARM;
      // A function with a short time limit would otherwise pause before it did anything.
      const reserve = Math.min(RESERVE_MS, invocation.getRemainingTimeInMillis() / 2);
      const isLate = () => invocation.getRemainingTimeInMillis() < reserve;
      const until = wiring.now() + BATCH_MS;
      const isOver = () => isLate() || wiring.now() > until;
      const { rehearsal, stack } = wiring;
      if (event.step === 'probe') {
        return wordsOnStack(await probeTenants(event, { ...wiring, bundle, isOver }), stack);
      }
      if (event.step === 'shapes') {
        // The execution began with a deployment that required a rehearsal, and was redriven with one that does not.
        if (rehearsal === undefined) return [];
        const rest = Math.max(0, invocation.getRemainingTimeInMillis() - reserve);
        const signal = AbortSignal.timeout(Math.min(BATCH_MS, rest));
        return wordsOnStack(await checkShapes(event, { rehearsal, bundle, signal }), stack);
      }
      const result = await migrateItem(event, { ...wiring, bundle, pause: isLate });
      if (result.kind === 'thrown') throw new ThrownError(result.name, result.message);
      return result.value;
    },
    told: (result) =>
      Array.isArray(result) ? { answers: result.length } : { status: result.status },
  });
};
