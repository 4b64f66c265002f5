import { migrateItem } from '../src/core/steps/migrate-item.ts';
import { migrateTenantEventSchema } from '../src/core/wire/step-schemas.ts';
import { createLambda } from './create-lambda.ts';
import { createLog } from './log.ts';
import { type ShippedMigration, shippedBundle } from './shipped-bundle.ts';
import type { ShippedProject } from './shipped-project.ts';
import { ThrownError } from './thrown-error.ts';
import { type MigratorWiring, wireMigrator } from './wiring.ts';

/**
 * No migration is begun, and no statement, when this little of the function's time is left: what runs
 * then has to come to its end, be journaled, and the connection be closed.
 */
const RESERVE_MS = 60_000;

/** The state MigrateTenant. */
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
    schema: migrateTenantEventSchema,
    about: ({ run, item, retryCount }) => ({
      runId: run.runId,
      tenant: item.tenant.id,
      slug: item.tenant.slug,
      retryCount,
    }),
    async run(event, wiring, invocation) {
      // A function that has little time altogether would otherwise pause before it did anything.
      const reserve = Math.min(RESERVE_MS, invocation.getRemainingTimeInMillis() / 2);
      const pause = () => invocation.getRemainingTimeInMillis() < reserve;
      const result = await migrateItem(event, { ...wiring, bundle, pause });
      if (result.kind === 'thrown') throw new ThrownError(result.name, result.message);
      return result.value;
    },
    told: ({ status }) => ({ status }),
  });
};
