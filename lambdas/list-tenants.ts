import * as z from 'zod';
import type { ShippedProject } from '../src/compose/project/shipped-project.ts';
import { dropUnchanged } from '../src/core/states/drop-unchanged.ts';
import { listTenants } from '../src/core/states/list-tenants.ts';
import { recordOutcomes } from '../src/core/states/record-outcomes.ts';
import { settleShapes } from '../src/core/states/settle-shapes.ts';
import {
  dropUnchangedEventSchema,
  listTenantsEventSchema,
  recordOutcomesEventSchema,
  settleShapesEventSchema,
} from '../src/core/wire/step-schemas.ts';
import { createLambda, PRESS_REDRIVE } from './create-lambda.ts';
import { createLog } from './log.ts';
import { type ShippedMigration, shippedBundle } from './shipped-bundle.ts';
import { type ListerWiring, wireLister } from './wiring/wire-lister.ts';

const schema = z.discriminatedUnion('step', [
  listTenantsEventSchema,
  dropUnchangedEventSchema,
  recordOutcomesEventSchema,
  settleShapesEventSchema,
]);

/**
 * The states ListTenants and RecordOutcomes, which need the central database, and SettleShapes and DropUnchanged
 * between them.
 */
export const createHandler = (
  migrations: readonly ShippedMigration[],
  project: ShippedProject = {},
  wire: () => Promise<ListerWiring> = () => wireLister(process.env, project),
  log = createLog('list-tenants'),
) => {
  const bundle = shippedBundle(migrations);
  const requiresRehearsal = project.rehearsal !== undefined;
  return createLambda({
    again: () => PRESS_REDRIVE,
    log,
    wire,
    schema,
    about: ({ step, execution: { name }, round: { wave, round } }) => ({
      step,
      runId: name,
      wave,
      round,
    }),
    async run(event, { usingDirectory, store, now }) {
      switch (event.step) {
        case 'list':
          return usingDirectory((directory) =>
            listTenants(event, { directory, store, bundle, now, requiresRehearsal }),
          );
        case 'settle-shapes':
          return settleShapes(event, { store });
        case 'drop-unchanged':
          return dropUnchanged(event, { store });
        case 'record':
          return usingDirectory((directory) => recordOutcomes(event, { directory, store, now }));
      }
    },
    told: (result) =>
      'decision' in result ? { decision: result.decision } : { notRecorded: result.notRecorded },
  });
};
