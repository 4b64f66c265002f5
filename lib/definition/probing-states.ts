import { PROBE_LABEL } from '../../src/core/wire/probe-label.ts';
import { SHAPES_LABEL } from '../../src/core/wire/shapes-label.ts';
import { batchMap } from './batch-map.ts';
import { MAP_LABEL } from './map-label.ts';
import { probeRetries, stepRetries } from './retries.ts';
import { execution, round } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State, States } from './states-language.ts';
import { taskOn } from './task-on.ts';

const BATCH_TENANTS = 400;
/** Less than the five minutes of an EXPRESS child, and more than a function gives to a batch. */
const BATCH_SECONDS = 240;

/**
 * The states that find the tenants with nothing to do, before those with something to do get a child execution
 * each. A batch that fails leaves its tenants to the Map of the round, and so does a probe that fails as a whole.
 */
export function probingStates(targets: StateMachineTargets): States {
  const task = taskOn(targets);
  return {
    ProbeFirst: {
      Type: 'Choice',
      Comment:
        'Whether tenants are asked first, not in a rollback, nor those that failed before; and before that, whether their shapes have to be read.',
      Choices: [
        { Condition: '{% $exists($states.input.shapes) %}', Next: SHAPES_LABEL },
        { Condition: '{% $exists($states.input.probe) %}', Next: PROBE_LABEL },
      ],
      Default: MAP_LABEL,
    },
    [PROBE_LABEL]: probeTenantsState(targets),
    DropUnchanged: task({
      Comment: 'Leaves to the Map the tenants that the probe has not settled.',
      function: targets.listTenantsArn,
      payload: {
        step: 'drop-unchanged',
        execution,
        round,
        run: '{% $states.input.run %}',
        map: '{% $states.input.map %}',
      },
      retry: stepRetries,
      next: 'StillToDo',
    }),
    StillToDo: {
      Type: 'Choice',
      Choices: [{ Condition: "{% $states.input.decision = 'RUN' %}", Next: MAP_LABEL }],
      Default: 'ReduceOutcomes',
    },
  };
}

function probeTenantsState(targets: StateMachineTargets): State {
  return {
    ...batchMap(targets, {
      label: PROBE_LABEL,
      comment: 'One EXPRESS child for a batch of tenants, which asks each and changes nothing.',
      tenants: BATCH_TENANTS,
      itemsKey: '{% $states.input.map.itemsKey %}',
      batchInput: {
        run: '{% $states.input.run %}',
        atATime: '{% $states.input.probe.atATime %}',
        perHost: '{% $states.input.probe.perHost %}',
      },
      maxConcurrency: '{% $states.input.probe.maxConcurrency %}',
      processor: batchProcessor(targets),
      // A line for each outcome, as in the results of the other Map.
      resultsPrefix: '{% $states.input.probe.resultsPrefix %}',
      outputOfFailure: '{% $states.input %}',
      next: 'DropUnchanged',
    }),
    ToleratedFailurePercentage: 100,
  };
}

/** The states of a child execution: a batch of tenants. */
function batchProcessor(targets: StateMachineTargets): NonNullable<State['ItemProcessor']> {
  return {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
    StartAt: 'ProbeBatch',
    States: {
      ProbeBatch: taskOn(targets)({
        Comment: 'Returns the outcomes of tenants that are settled by their answer.',
        function: targets.migrateTenantArn,
        payload: {
          step: 'probe',
          run: '{% $states.input.BatchInput.run %}',
          items: '{% $states.input.Items %}',
          atATime: '{% $states.input.BatchInput.atATime %}',
          perHost: '{% $states.input.BatchInput.perHost %}',
        },
        retry: probeRetries,
        timeoutSeconds: BATCH_SECONDS,
        next: 'BatchDone',
      }),
      BatchDone: { Type: 'Succeed' },
    },
  };
}
