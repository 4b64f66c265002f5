import { PROBE_LABEL } from '../../src/core/wire/probe-label.ts';
import { SHAPES_LABEL } from '../../src/core/wire/shapes-label.ts';
import { MAP_LABEL } from './map-label.ts';
import { probeRetries, stepRetries } from './retries.ts';
import { execution, round } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State, States } from './states-language.ts';
import { taskOn } from './task-on.ts';

/**
 * A batch is the input of a child and of a function, which may have 256 KiB: the rest is for what its tenants
 * have in common.
 */
const BATCH = { tenants: 400, bytes: 200 * 1024 };
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
    Type: 'Map',
    Comment: 'One EXPRESS child for a batch of tenants, which asks each and changes nothing.',
    Label: PROBE_LABEL,
    ItemReader: {
      Resource: `arn:${targets.partition}:states:::s3:getObject`,
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: targets.runBucketName, Key: '{% $states.input.map.itemsKey %}' },
    },
    ItemBatcher: {
      MaxItemsPerBatch: BATCH.tenants,
      MaxInputBytesPerBatch: BATCH.bytes,
      BatchInput: {
        run: '{% $states.input.run %}',
        atATime: '{% $states.input.probe.atATime %}',
        perHost: '{% $states.input.probe.perHost %}',
      },
    },
    MaxConcurrency: '{% $states.input.probe.maxConcurrency %}',
    ToleratedFailurePercentage: 100,
    ItemProcessor: batchProcessor(targets),
    // FLATTEN: a line for each outcome, as in the results of the other Map.
    ResultWriter: {
      Resource: `arn:${targets.partition}:states:::s3:putObject`,
      WriterConfig: { OutputType: 'JSONL', Transformation: 'FLATTEN' },
      Arguments: {
        Bucket: targets.runBucketName,
        Prefix: '{% $states.input.probe.resultsPrefix %}',
      },
    },
    Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.input %}', Next: 'DropUnchanged' }],
    Output: '{% $states.input %}',
    Next: 'DropUnchanged',
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
