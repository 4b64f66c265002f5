import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stateMachineDefinition } from '../../lib/definition/state-machine-definition.ts';
import type { State, StateMachineDefinition } from '../../lib/definition/states-language.ts';
import { drawStateMachine, stateMachinePicture } from '../../scripts/draw-state-machine.ts';
import {
  LAMBDA_CRASHED,
  LAMBDA_NOT_READY,
  LAMBDA_TRANSIENT,
  ROLLOUT_REJECTED,
  STEP_UNAVAILABLE,
  TENANT_FAILED,
  TENANT_FAILED_RETRYABLE,
  TENANT_MIGRATIONS_FAILED,
} from '../../src/core/wire/error-names.ts';
import {
  askApprovalEventSchema,
  compareDigestsEventSchema,
  dropUnchangedEventSchema,
  listTenantsEventSchema,
  migrateTenantEventSchema,
  openRunEventSchema,
  passGatesEventSchema,
  probeTenantsEventSchema,
  readDigestsEventSchema,
  recordOutcomesEventSchema,
  reduceOutcomesEventSchema,
  settleRunEventSchema,
} from '../../src/core/wire/step-schemas.ts';

const definition: StateMachineDefinition = stateMachineDefinition({
  partition: 'aws',
  listTenantsArn: 'arn:list',
  migrateTenantArn: 'arn:migrate',
  reduceOutcomesArn: 'arn:reduce',
  settleRunArn: 'arn:settle',
  watchDigestsArn: 'arn:watch-digests',
  runBucketName: 'runs',
  timeoutSeconds: 604_800,
  functionTimeoutSeconds: 900,
});

function state(name: string): State {
  const inside = [processor(), processor('ProbeTenants')].map(({ States }) => States[name]);
  const found = [definition.States[name], ...inside].find((one) => one !== undefined);
  if (found === undefined) throw new Error(`There is no state ${name}.`);
  return found;
}

function processor(of: 'MigrateTenants' | 'ProbeTenants' | 'CheckShapes' = 'MigrateTenants') {
  const map = definition.States[of]?.ItemProcessor;
  if (map === undefined) throw new Error('The Map has no processor.');
  return map;
}

function retried(name: string): string[][] {
  return (state(name).Retry ?? []).map(({ ErrorEquals }) => [...ErrorEquals]);
}

function payloadKeys(name: string): string[] {
  const { Payload } = state(name).Arguments as { Payload: Record<string, unknown> };
  return Object.keys(Payload).sort();
}

const STEPS = [
  'OpenRun',
  'ListTenants',
  'ReadDigests',
  'WarmUp',
  'DropUnchanged',
  'ReduceOutcomes',
  'RecordOutcomes',
  'SettleRun',
  'CompareDigests',
  'Watch',
];

describe('the state machine', () => {
  it('the state machine is written in JSONata throughout', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    expect(JSON.stringify(definition)).not.toMatch(/"[^"]*(Path|\.\$)":/);
  });

  it('the state machine has the states of the contract in their order', () => {
    expect(Object.keys(definition.States)).toEqual([
      'OpenRun',
      'Opened',
      'ListTenants',
      'MoreToDo',
      'ReadDigests',
      'WarmUp',
      'CheckShapes',
      'SettleShapes',
      'ProbeFirst',
      'ProbeTenants',
      'DropUnchanged',
      'StillToDo',
      'MigrateTenants',
      'ReduceOutcomes',
      'RecordOutcomes',
      'SettleRun',
      'NextRound',
      'Hold',
      'Bake',
      'AwaitWindow',
      'AwaitApproval',
      'DigestsFirst',
      'CompareDigests',
      'Watch',
      'Done',
    ]);
  });

  it('the state machine retries transient errors of functions and of Lambda in its steps, but never a failed run', () => {
    for (const step of STEPS) {
      expect(retried(step)).toEqual([
        [...LAMBDA_TRANSIENT, STEP_UNAVAILABLE],
        [...LAMBDA_NOT_READY],
        [...LAMBDA_CRASHED],
      ]);
    }
    const all = [...STEPS, 'MigrateTenant'].flatMap(retried).flat();
    expect(all).not.toContain(TENANT_MIGRATIONS_FAILED);
    expect(all).not.toContain(TENANT_FAILED);
    expect(all).not.toContain('States.ALL');
    expect(all).toContain('Lambda.TooManyRequestsException');
  });

  it('the state machine retries a tenant whose failure may pass, with full jitter and a limit', () => {
    expect(retried('MigrateTenant')).toEqual([
      [TENANT_FAILED_RETRYABLE],
      [...LAMBDA_TRANSIENT],
      [...LAMBDA_NOT_READY],
      [...LAMBDA_CRASHED],
    ]);
    for (const name of [...STEPS, 'MigrateTenant']) {
      for (const retrier of state(name).Retry ?? []) {
        const waits = retrier.ErrorEquals.includes('Lambda.ENINotReadyException');
        expect(retrier.JitterStrategy).toBe(waits ? 'NONE' : 'FULL');
        expect(retrier.MaxAttempts).toBeLessThan(20);
        expect(retrier.MaxDelaySeconds).toBeLessThanOrEqual(60);
      }
    }
  });

  it('the state machine reads the items of the round from S3, line by line', () => {
    expect(state('MigrateTenants')).toMatchObject({
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSONL' },
        Arguments: { Bucket: 'runs', Key: '{% $states.input.map.itemsKey %}' },
      },
      MaxConcurrency: '{% $states.input.map.maxConcurrency %}',
      ToleratedFailureCount: '{% $states.input.map.toleratedFailureCount %}',
    });
    expect(state('MigrateTenants').ToleratedFailurePercentage).toBeUndefined();
  });

  it('the state machine writes the results of the round to S3, line by line', () => {
    expect(state('MigrateTenants').ResultWriter).toEqual({
      Resource: 'arn:aws:states:::s3:putObject',
      WriterConfig: { OutputType: 'JSONL', Transformation: 'COMPACT' },
      Arguments: { Bucket: 'runs', Prefix: '{% $states.input.map.resultsPrefix %}' },
    });
  });

  it('the state machine wakes the migrator once before each Map, and passes the input of the Map on', () => {
    expect(state('MoreToDo').Choices?.map(({ Next }) => Next)).toEqual([
      'ListTenants',
      'WarmUp',
      'ReadDigests',
      'WarmUp',
    ]);
    expect(state('ReadDigests')).toMatchObject({ Output: '{% $states.input %}', Next: 'WarmUp' });
    expect(state('WarmUp')).toMatchObject({
      Arguments: { FunctionName: 'arn:migrate', Payload: { step: 'warm' } },
      Output: '{% $states.input %}',
      Next: 'ProbeFirst',
    });
    expect(state('WarmUp').Catch).toBeUndefined();
  });

  it('the state machine asks tenants in batches of EXPRESS children, if the lister wants it, and then leaves out the settled ones', () => {
    expect(state('ProbeFirst')).toMatchObject({
      Choices: [
        { Condition: '{% $exists($states.input.shapes) %}', Next: 'CheckShapes' },
        { Condition: '{% $exists($states.input.probe) %}', Next: 'ProbeTenants' },
      ],
      Default: 'MigrateTenants',
    });
    expect(state('ProbeTenants')).toMatchObject({
      ItemReader: { Arguments: { Bucket: 'runs', Key: '{% $states.input.map.itemsKey %}' } },
      ItemBatcher: { MaxItemsPerBatch: 400, MaxInputBytesPerBatch: 204_800 },
      MaxConcurrency: '{% $states.input.probe.maxConcurrency %}',
      ResultWriter: {
        WriterConfig: { OutputType: 'JSONL', Transformation: 'FLATTEN' },
        Arguments: { Bucket: 'runs', Prefix: '{% $states.input.probe.resultsPrefix %}' },
      },
      Next: 'DropUnchanged',
    });
    expect(processor('ProbeTenants').ProcessorConfig).toEqual({
      Mode: 'DISTRIBUTED',
      ExecutionType: 'EXPRESS',
    });
    expect(state('StillToDo')).toMatchObject({
      Choices: [{ Next: 'MigrateTenants' }],
      Default: 'ReduceOutcomes',
    });
  });

  it('the state machine reads shapes before the first wave, and begins none while a batch of them has failed', () => {
    expect(state('CheckShapes')).toMatchObject({
      ItemReader: { Arguments: { Key: '{% $states.input.shapes.itemsKey %}' } },
      ItemBatcher: { MaxItemsPerBatch: 100, MaxInputBytesPerBatch: 204_800 },
      MaxConcurrency: '{% $states.input.shapes.maxConcurrency %}',
      ResultWriter: { Arguments: { Prefix: '{% $states.input.shapes.resultsPrefix %}' } },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'SettleShapes' }],
      Next: 'SettleShapes',
    });
    expect(state('CheckShapes').ToleratedFailurePercentage).toBeUndefined();
    expect(processor('CheckShapes').ProcessorConfig).toEqual({
      Mode: 'DISTRIBUTED',
      ExecutionType: 'EXPRESS',
    });
    expect(state('SettleShapes')).toMatchObject({ Next: 'MoreToDo' });
    expect(state('SettleShapes').Catch).toBeUndefined();
  });

  it('the state machine leaves all tenants to the Map of the round whatever becomes of the probe', () => {
    expect(state('ProbeTenants')).toMatchObject({
      ToleratedFailurePercentage: 100,
      Output: '{% $states.input %}',
      Catch: [
        { ErrorEquals: ['States.ALL'], Output: '{% $states.input %}', Next: 'DropUnchanged' },
      ],
    });
    expect(state('ProbeTenants').Retry).toBeUndefined();
    // An EXPRESS child ends after five minutes; its function has three for the batch.
    expect(state('ProbeBatch').TimeoutSeconds).toBe(240);
  });

  it('the state machine runs one STANDARD child per tenant, and never the whole Map again', () => {
    expect(processor().ProcessorConfig).toEqual({
      Mode: 'DISTRIBUTED',
      ExecutionType: 'STANDARD',
    });
    expect(state('MigrateTenants').Retry).toBeUndefined();
  });

  it('the state machine catches only the tripped breaker of the Map', () => {
    expect(state('MigrateTenants').Catch).toEqual([
      {
        ErrorEquals: ['States.ExceedToleratedFailureThreshold'],
        Output: { round: '{% $states.input.round %}', breakerTripped: true },
        Next: 'ReduceOutcomes',
      },
    ]);
  });

  it('the state machine continues with SettleRun if nothing was recorded, and catches nothing there', () => {
    expect(state('RecordOutcomes').Catch?.[0]).toMatchObject({
      ErrorEquals: ['States.ALL'],
      Output: { notRecorded: null },
      Next: 'SettleRun',
    });
    expect(state('SettleRun').Catch).toBeUndefined();
  });

  it('the state machine waits longer for a function than the function may take', () => {
    for (const name of [...STEPS, 'MigrateTenant']) {
      expect(state(name).TimeoutSeconds).toBe(960);
    }
    expect(definition.TimeoutSeconds).toBe(604_800);
  });

  it('the state machine hands each function the keys that it parses', () => {
    expect(payloadKeys('OpenRun')).toEqual(Object.keys(openRunEventSchema.shape).sort());
    expect(payloadKeys('ListTenants')).toEqual(Object.keys(listTenantsEventSchema.shape).sort());
    expect(payloadKeys('ProbeBatch')).toEqual(Object.keys(probeTenantsEventSchema.shape).sort());
    expect(payloadKeys('DropUnchanged')).toEqual(
      Object.keys(dropUnchangedEventSchema.shape).sort(),
    );
    expect(payloadKeys('MigrateTenant')).toEqual(
      Object.keys(migrateTenantEventSchema.shape).sort(),
    );
    expect(payloadKeys('ReduceOutcomes')).toEqual(
      Object.keys(reduceOutcomesEventSchema.shape).sort(),
    );
    expect(payloadKeys('RecordOutcomes')).toEqual(
      Object.keys(recordOutcomesEventSchema.shape).sort(),
    );
    expect(payloadKeys('SettleRun')).toEqual(Object.keys(settleRunEventSchema.shape).sort());
    expect(payloadKeys('ReadDigests')).toEqual(Object.keys(readDigestsEventSchema.shape).sort());
    expect(payloadKeys('CompareDigests')).toEqual(
      Object.keys(compareDigestsEventSchema.shape).sort(),
    );
    expect(payloadKeys('Watch')).toEqual(Object.keys(passGatesEventSchema.shape).sort());
    expect(payloadKeys('AwaitApproval')).toEqual(Object.keys(askApprovalEventSchema.shape).sort());
  });

  it('a wave that nothing holds passes none of the states that hold it', () => {
    for (const choice of ['Opened', 'NextRound']) {
      expect(state(choice).Choices?.map(({ Next }) => Next)).toEqual(['ListTenants', 'Hold']);
    }
    expect(state('Hold')).toMatchObject({ Type: 'Choice', Default: 'ListTenants' });
  });

  it('Watch decides after every wait, and catches nothing, so that a redrive asks once more', () => {
    for (const wait of ['Bake', 'AwaitWindow', 'AwaitApproval']) {
      expect(state(wait).Next).toBe('DigestsFirst');
      expect(state('Hold').Choices?.map(({ Next }) => Next)).toContain(wait);
    }
    expect(state('DigestsFirst')).toMatchObject({
      Choices: [{ Next: 'CompareDigests' }],
      Default: 'Watch',
    });
    expect(state('CompareDigests')).toMatchObject({ Next: 'Watch' });
    // A rejection is told whether or not the servers can be reached.
    expect(state('AwaitApproval').Catch?.map(({ Next }) => Next)).toEqual(['Watch']);
    expect(state('Watch')).toMatchObject({ Next: 'Hold' });
    expect(state('Watch').Catch).toBeUndefined();
  });

  it('an approval is waited for with a token, for as long as the request says', () => {
    expect(state('AwaitApproval')).toMatchObject({
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: {
        FunctionName: 'arn:settle',
        Payload: { step: 'ask', taskToken: '{% $states.context.Task.Token %}' },
      },
      TimeoutSeconds: '{% $states.input.gate.seconds %}',
    });
    // Any other error fails the execution here, and a redrive asks again with another token.
    expect(state('AwaitApproval').Catch?.map(({ ErrorEquals }) => ErrorEquals)).toEqual([
      [ROLLOUT_REJECTED, 'States.Timeout'],
    ]);
  });
});

describe('docs/state-machine.svg', () => {
  it('docs/state-machine.svg is the picture of the definition: else run `node scripts/draw-state-machine.ts`', () => {
    expect(readFileSync('docs/state-machine.svg', 'utf8')).toBe(stateMachinePicture());
  });

  it('docs/state-machine.svg has an arrow for every transition of a state', () => {
    const picture = drawStateMachine({
      StartAt: 'First',
      States: {
        First: {
          Type: 'Choice',
          Choices: [{ Condition: "{% x = 'A' %}", Next: 'Second' }],
          Default: 'Last',
        },
        Second: {
          Type: 'Task',
          Next: 'First',
          Catch: [{ ErrorEquals: ['E<1>'], Output: {}, Next: 'Last' }],
        },
        Last: { Type: 'Succeed' },
      },
    });
    // One more is that of the beginning.
    expect(picture.match(/<polyline/g)).toHaveLength(5);
    expect(picture).toContain('>A<');
    expect(picture).toContain('E&lt;1>');
  });
});
