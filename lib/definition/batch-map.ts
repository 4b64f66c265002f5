import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State } from './states-language.ts';

/**
 * The most bytes of a batch. It is the input of a child and of a function, which may have 256 KiB: the rest is for
 * what its tenants have in common.
 */
const BATCH_BYTES = 200 * 1024;

/** The parts in which Maps over batches of tenants differ, with JSONata expressions on the Map's input. */
export interface BatchMap {
  readonly label: string;
  readonly comment: string;
  /** The most tenants of a batch. */
  readonly tenants: number;
  readonly itemsKey: string;
  readonly batchInput: Readonly<Record<string, string>>;
  readonly maxConcurrency: string;
  readonly processor: NonNullable<State['ItemProcessor']>;
  /** Folder of the lines that children return. */
  readonly resultsPrefix: string;
  /** The output for the next state if the Map fails. */
  readonly outputOfFailure: string;
  readonly next: string;
}

/**
 * A Distributed Map with one EXPRESS child for a batch of tenants. Its own failure is for the next state to judge. FLATTEN:
 * the results have a line for each thing that a child returns.
 */
export function batchMap(targets: StateMachineTargets, map: BatchMap): State {
  return {
    Type: 'Map',
    Comment: map.comment,
    Label: map.label,
    ItemReader: {
      Resource: `arn:${targets.partition}:states:::s3:getObject`,
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: targets.runBucketName, Key: map.itemsKey },
    },
    ItemBatcher: {
      MaxItemsPerBatch: map.tenants,
      MaxInputBytesPerBatch: BATCH_BYTES,
      BatchInput: map.batchInput,
    },
    MaxConcurrency: map.maxConcurrency,
    ItemProcessor: map.processor,
    ResultWriter: {
      Resource: `arn:${targets.partition}:states:::s3:putObject`,
      WriterConfig: { OutputType: 'JSONL', Transformation: 'FLATTEN' },
      Arguments: { Bucket: targets.runBucketName, Prefix: map.resultsPrefix },
    },
    Catch: [{ ErrorEquals: ['States.ALL'], Output: map.outputOfFailure, Next: map.next }],
    Output: '{% $states.input %}',
    Next: map.next,
  };
}
