import * as z from 'zod';
import { closeRun } from '../src/core/states/close-run.ts';
import { openRun } from '../src/core/states/open-run.ts';
import { settleRun } from '../src/core/states/settle-run.ts';
import {
  closeRunEventSchema,
  openRunEventSchema,
  settleRunEventSchema,
} from '../src/core/wire/step-schemas.ts';
import { createLambda } from './create-lambda.ts';
import { createLog } from './log.ts';
import { withRedriveHint } from './redrive-hint.ts';
import { type SettlerWiring, wireSettler } from './wiring/wire-settler.ts';

const schema = z.discriminatedUnion('step', [
  openRunEventSchema,
  settleRunEventSchema,
  closeRunEventSchema,
]);

/**
 * The states OpenRun and SettleRun, and the closing of a run that was stopped, over the adapters that
 * `wire` joins.
 */
export const createHandler = (wire: () => Promise<SettlerWiring>, log = createLog('settle-run')) =>
  createLambda({
    log,
    wire,
    schema,
    about: ({ step, execution }) => ({ step, runId: execution.name }),
    async run(event, wiring) {
      switch (event.step) {
        case 'open':
          return openRun(event, wiring);
        case 'settle':
          return withRedriveHint(event.execution.name, () => settleRun(event, wiring));
        case 'close':
          return closeRun(event, wiring);
      }
    },
    told: (result) => ('decision' in result ? { decision: result.decision } : {}),
  });

export const handler = createHandler(() => wireSettler(process.env));
