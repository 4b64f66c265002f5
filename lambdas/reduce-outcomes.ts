import { reduceOutcomes } from '../src/core/states/reduce-outcomes.ts';
import { reduceOutcomesEventSchema } from '../src/core/wire/step-schemas.ts';
import { createLambda, PRESS_REDRIVE } from './create-lambda.ts';
import { createLog } from './log.ts';
import { publishRunMetrics } from './run-metrics.ts';
import { type ReducerWiring, wireReducer } from './wiring/wire-reducer.ts';

/** The state ReduceOutcomes, over the adapters that `wire` joins. */
export const createHandler = (
  wire: () => Promise<ReducerWiring>,
  log = createLog('reduce-outcomes'),
  publish = publishRunMetrics,
) =>
  createLambda({
    again: () => PRESS_REDRIVE,
    log,
    wire,
    schema: reduceOutcomesEventSchema,
    about: ({ execution: { name }, round: { wave, round } }) => ({ runId: name, wave, round }),
    run: (event, { store }) =>
      reduceOutcomes(event, {
        store,
        publish: (summary, waves) => publish(event.execution, summary, waves),
      }),
    told: ({ summary }) => ({ total: summary.total, ...summary.counts }),
  });

export const handler = createHandler(() => wireReducer(process.env));
