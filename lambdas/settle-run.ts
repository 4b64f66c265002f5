import * as z from 'zod';
import { askApproval } from '../src/core/states/ask-approval.ts';
import { closeRun } from '../src/core/states/close-run.ts';
import { wayOut } from '../src/core/states/end-held-run.ts';
import { openRun } from '../src/core/states/open-run.ts';
import { passGates } from '../src/core/states/pass-gates.ts';
import { setRunControl } from '../src/core/states/set-run-control.ts';
import { settleRun } from '../src/core/states/settle-run.ts';
import { tellEnd } from '../src/core/states/tell-end.ts';
import {
  askApprovalEventSchema,
  closeRunEventSchema,
  openRunEventSchema,
  passGatesEventSchema,
  setRunControlEventSchema,
  settleRunEventSchema,
  tellEndEventSchema,
} from '../src/core/wire/step-schemas.ts';
import { createLambda, PRESS_REDRIVE } from './create-lambda.ts';
import { createLog } from './log.ts';
import { redriveHint, withRedriveHint } from './redrive-hint.ts';
import { type SettlerWiring, wireSettler } from './wiring/wire-settler.ts';

const schema = z.discriminatedUnion('step', [
  openRunEventSchema,
  settleRunEventSchema,
  passGatesEventSchema,
  askApprovalEventSchema,
  closeRunEventSchema,
  tellEndEventSchema,
  setRunControlEventSchema,
]);

/** Calls of the command line, and those of EventBridge, which repeats them. */
const OUTSIDE: ReadonlySet<string> = new Set(['close', 'control', 'ended']);

/**
 * The states OpenRun, SettleRun, Watch and AwaitApproval, the closing of a run that was stopped, and the notification of
 * an end that no state has told, over the adapters that `wire` joins.
 */
export const createHandler = (wire: () => Promise<SettlerWiring>, log = createLog('settle-run')) =>
  createLambda({
    again: ({ step }) => (OUTSIDE.has(step) ? undefined : PRESS_REDRIVE),
    log,
    wire,
    schema,
    about: ({ step, execution }) => ({ step, runId: execution.name }),
    async run(event, wiring) {
      switch (event.step) {
        case 'open':
          return openRun(event, wiring);
        case 'settle':
          return withRedriveHint(redriveHint(event.execution.name), () => settleRun(event, wiring));
        case 'gate':
          return withRedriveHint(wayOut(event.execution.name), () => passGates(event, wiring));
        case 'ask':
          return askApproval(event, wiring);
        case 'close':
          return closeRun(event, wiring);
        case 'control':
          return setRunControl(event, wiring);
        case 'ended':
          return tellEnd(event, wiring);
      }
    },
    told: (result) => ('decision' in result ? { decision: result.decision } : {}),
  });

export const handler = createHandler(() => wireSettler(process.env));
