import { SHAPES_LABEL } from '../../src/core/wire/shapes-label.ts';
import { batchMap } from './batch-map.ts';
import { shapeRetries, stepRetries } from './retries.ts';
import { execution, round } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State, States } from './states-language.ts';
import { taskOn } from './task-on.ts';

/** Fewer tenants than the probe has, since reading a shape takes many queries. */
const BATCH_TENANTS = 100;
/** Less than the five minutes of an EXPRESS child, and more than a function gives to a batch. */
const BATCH_SECONDS = 240;

/**
 * The states that read the shapes of all tenants of a run before its first wave, if a rehearsal is required. Only
 * SettleShapes leads to the wave, so that a batch that failed ends the run before a tenant is touched.
 */
export function shapeStates(targets: StateMachineTargets): States {
  return {
    [SHAPES_LABEL]: checkShapesState(targets),
    SettleShapes: taskOn(targets)({
      Comment:
        'Throws RehearsalMissing if a shape was not rehearsed. A redrive has all of them read again.',
      function: targets.listTenantsArn,
      payload: {
        step: 'settle-shapes',
        execution,
        round,
        shapes:
          "{% $merge([{'redriveCount': $states.input.shapes.redriveCount}, $exists($states.input.problem) ? {'problem': $states.input.problem} : {}]) %}",
        // The beginning of the round, once its shapes are known.
        next: '{% $states.input %}',
      },
      retry: stepRetries,
      next: 'MoreToDo',
    }),
  };
}

function checkShapesState(targets: StateMachineTargets): State {
  return batchMap(targets, {
    label: SHAPES_LABEL,
    comment: 'One EXPRESS child for a batch of tenants, which reads their shapes.',
    tenants: BATCH_TENANTS,
    itemsKey: '{% $states.input.shapes.itemsKey %}',
    batchInput: {
      run: '{% $states.input.run %}',
      atATime: '{% $states.input.shapes.atATime %}',
    },
    maxConcurrency: '{% $states.input.shapes.maxConcurrency %}',
    processor: batchProcessor(targets),
    // A line for each refusal.
    resultsPrefix: '{% $states.input.shapes.resultsPrefix %}',
    outputOfFailure: "{% $merge([$states.input, {'problem': $states.errorOutput.Error}]) %}",
    next: 'SettleShapes',
  });
}

/** The states of a child execution: a batch of tenants. */
function batchProcessor(targets: StateMachineTargets): NonNullable<State['ItemProcessor']> {
  return {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
    StartAt: 'CheckBatch',
    States: {
      CheckBatch: taskOn(targets)({
        Comment: 'Returns the tenants that may not be migrated, by their reasons.',
        function: targets.migrateTenantArn,
        payload: {
          step: 'shapes',
          run: '{% $states.input.BatchInput.run %}',
          items: '{% $states.input.Items %}',
          atATime: '{% $states.input.BatchInput.atATime %}',
        },
        retry: shapeRetries,
        timeoutSeconds: BATCH_SECONDS,
        next: 'BatchChecked',
      }),
      BatchChecked: { Type: 'Succeed' },
    },
  };
}
