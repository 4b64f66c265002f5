import { MAP_LABEL } from './map-label.ts';
import { round } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State } from './states-language.ts';
import { tenantProcessor } from './tenant-processor.ts';

/** The Distributed Map of a round. */
export function migrateTenantsState(targets: StateMachineTargets): State {
  return {
    Type: 'Map',
    Comment: 'One child execution for each tenant. A failed child is a failed tenant.',
    Label: MAP_LABEL,
    ItemReader: {
      Resource: `arn:${targets.partition}:states:::s3:getObject`,
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: targets.runBucketName, Key: '{% $states.input.map.itemsKey %}' },
    },
    ItemSelector: {
      run: '{% $states.input.run %}',
      item: '{% $states.context.Map.Item.Value %}',
    },
    MaxConcurrency: '{% $states.input.map.maxConcurrency %}',
    ToleratedFailureCount: '{% $states.input.map.toleratedFailureCount %}',
    ItemProcessor: tenantProcessor(targets),
    // JSONL: the reducer reads a line at a time, whatever the size of the fleet.
    ResultWriter: {
      Resource: `arn:${targets.partition}:states:::s3:putObject`,
      WriterConfig: { OutputType: 'JSONL', Transformation: 'COMPACT' },
      Arguments: {
        Bucket: targets.runBucketName,
        Prefix: '{% $states.input.map.resultsPrefix %}',
      },
    },
    // No Retry: it would begin a new Map Run over all items. Every other error fails the
    // execution, and a redrive resumes with the children that did not succeed.
    Catch: [
      {
        ErrorEquals: ['States.ExceedToleratedFailureThreshold'],
        Output: { round, breakerTripped: true },
        Next: 'ReduceOutcomes',
      },
    ],
    Output: { round, breakerTripped: false },
    Next: 'ReduceOutcomes',
  };
}
