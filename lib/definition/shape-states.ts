import { SHAPES_LABEL } from '../../src/core/wire/shapes-label.ts';
import { probeRetries, stepRetries } from './retries.ts';
import { execution, round } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State, States } from './states-language.ts';
import { taskOn } from './task-on.ts';

/** Fewer tenants than the probe has, since reading a shape takes many queries; bytes as there. */
const BATCH = { tenants: 100, bytes: 200 * 1024 };
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
  return {
    Type: 'Map',
    Comment: 'One EXPRESS child for a batch of tenants, which reads their shapes.',
    Label: SHAPES_LABEL,
    ItemReader: {
      Resource: `arn:${targets.partition}:states:::s3:getObject`,
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: targets.runBucketName, Key: '{% $states.input.shapes.itemsKey %}' },
    },
    ItemBatcher: {
      MaxItemsPerBatch: BATCH.tenants,
      MaxInputBytesPerBatch: BATCH.bytes,
      BatchInput: {
        run: '{% $states.input.run %}',
        atATime: '{% $states.input.shapes.atATime %}',
      },
    },
    MaxConcurrency: '{% $states.input.shapes.maxConcurrency %}',
    ItemProcessor: batchProcessor(targets),
    // FLATTEN: a line for each refusal.
    ResultWriter: {
      Resource: `arn:${targets.partition}:states:::s3:putObject`,
      WriterConfig: { OutputType: 'JSONL', Transformation: 'FLATTEN' },
      Arguments: {
        Bucket: targets.runBucketName,
        Prefix: '{% $states.input.shapes.resultsPrefix %}',
      },
    },
    Catch: [
      {
        ErrorEquals: ['States.ALL'],
        Output: "{% $merge([$states.input, {'problem': $states.errorOutput.Error}]) %}",
        Next: 'SettleShapes',
      },
    ],
    Output: '{% $states.input %}',
    Next: 'SettleShapes',
  };
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
        retry: probeRetries,
        timeoutSeconds: BATCH_SECONDS,
        next: 'BatchChecked',
      }),
      BatchChecked: { Type: 'Succeed' },
    },
  };
}
