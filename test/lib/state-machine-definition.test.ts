import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type State,
  type StateMachineDefinition,
  stateMachineDefinition,
} from '../../lib/state-machine-definition.ts';
import { drawStateMachine, stateMachinePicture } from '../../scripts/draw-state-machine.ts';
import {
  LAMBDA_CRASHED,
  LAMBDA_NOT_READY,
  LAMBDA_TRANSIENT,
  STEP_UNAVAILABLE,
  TENANT_FAILED,
  TENANT_FAILED_RETRYABLE,
  TENANT_MIGRATIONS_FAILED,
} from '../../src/core/wire/error-names.ts';
import {
  listTenantsEventSchema,
  migrateTenantEventSchema,
  openRunEventSchema,
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
  runBucketName: 'runs',
  timeoutSeconds: 604_800,
  functionTimeoutSeconds: 900,
});

function state(name: string): State {
  const found = definition.States[name] ?? processor().States[name];
  if (found === undefined) throw new Error(`There is no state ${name}.`);
  return found;
}

function processor() {
  const map = definition.States.MigrateTenants?.ItemProcessor;
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

const STEPS = ['OpenRun', 'ListTenants', 'WarmUp', 'ReduceOutcomes', 'RecordOutcomes', 'SettleRun'];

describe('the state machine', () => {
  it('is written in JSONata throughout', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    expect(JSON.stringify(definition)).not.toMatch(/"[^"]*(Path|\.\$)":/);
  });

  it('has the states of the contract in their order', () => {
    expect(Object.keys(definition.States)).toEqual([
      'OpenRun',
      'Opened',
      'ListTenants',
      'MoreToDo',
      'WarmUp',
      'MigrateTenants',
      'ReduceOutcomes',
      'RecordOutcomes',
      'SettleRun',
      'NextRound',
      'Done',
    ]);
  });

  it('retries transient errors of functions and of Lambda in its steps, but never a failed run', () => {
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

  it('retries a tenant whose failure may pass, with full jitter and a limit', () => {
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

  it('reads the items of the round from S3, line by line', () => {
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

  it('writes the results of the round to S3, line by line', () => {
    expect(state('MigrateTenants').ResultWriter).toEqual({
      Resource: 'arn:aws:states:::s3:putObject',
      WriterConfig: { OutputType: 'JSONL', Transformation: 'COMPACT' },
      Arguments: { Bucket: 'runs', Prefix: '{% $states.input.map.resultsPrefix %}' },
    });
  });

  it('wakes the migrator once before each Map, and hands the input of the Map on', () => {
    expect(state('MoreToDo').Choices?.[0]?.Next).toBe('WarmUp');
    expect(state('WarmUp')).toMatchObject({
      Arguments: { FunctionName: 'arn:migrate', Payload: { step: 'warm' } },
      Output: '{% $states.input %}',
      Next: 'MigrateTenants',
    });
    expect(state('WarmUp').Catch).toBeUndefined();
  });

  it('runs a STANDARD child a tenant, and never the whole Map again', () => {
    expect(processor().ProcessorConfig).toEqual({
      Mode: 'DISTRIBUTED',
      ExecutionType: 'STANDARD',
    });
    expect(state('MigrateTenants').Retry).toBeUndefined();
  });

  it('catches of the Map only that its breaker has tripped', () => {
    expect(state('MigrateTenants').Catch).toEqual([
      {
        ErrorEquals: ['States.ExceedToleratedFailureThreshold'],
        Output: { round: '{% $states.input.round %}', breakerTripped: true },
        Next: 'ReduceOutcomes',
      },
    ]);
  });

  it('continues with SettleRun if nothing was recorded, and catches nothing there', () => {
    expect(state('RecordOutcomes').Catch?.[0]).toMatchObject({
      ErrorEquals: ['States.ALL'],
      Output: { notRecorded: null },
      Next: 'SettleRun',
    });
    expect(state('SettleRun').Catch).toBeUndefined();
  });

  it('waits longer for a function than the function may take', () => {
    for (const name of [...STEPS, 'MigrateTenant']) {
      expect(state(name).TimeoutSeconds).toBe(960);
    }
    expect(definition.TimeoutSeconds).toBe(604_800);
  });

  it('hands each function the keys that it parses', () => {
    expect(payloadKeys('OpenRun')).toEqual(Object.keys(openRunEventSchema.shape).sort());
    expect(payloadKeys('ListTenants')).toEqual(Object.keys(listTenantsEventSchema.shape).sort());
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
  });
});

describe('docs/state-machine.svg', () => {
  it('is the picture of the definition: else run `node scripts/draw-state-machine.ts`', () => {
    expect(readFileSync('docs/state-machine.svg', 'utf8')).toBe(stateMachinePicture());
  });

  it('draws an arrow for every way that a state goes', () => {
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
