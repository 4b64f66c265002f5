import { describe, expect, it } from 'vitest';
import { stateMachineDefinition } from '../../lib/definition/state-machine-definition.ts';
import type { Program, State } from '../../lib/definition/states-language.ts';
import { provisionTenantDefinition } from '../../lib/provision-tenant-definition.ts';

const common = { partition: 'aws', timeoutSeconds: 604_800, functionTimeoutSeconds: 900 };
const machines = {
  migrations: stateMachineDefinition({
    ...common,
    listTenantsArn: 'arn:list',
    migrateTenantArn: 'arn:migrate',
    reduceOutcomesArn: 'arn:reduce',
    settleRunArn: 'arn:settle',
    watchDigestsArn: 'arn:watch-digests',
    runBucketName: 'runs',
  }),
  provisioning: provisionTenantDefinition({ ...common, provisionTenantArn: 'arn:provision' }),
};

const NOT_READY = [
  'CodeArtifactUserPendingException',
  'ResourceNotReadyException',
  'ResourceConflictException',
  'ENINotReadyException',
  'EC2ThrottledException',
  'EC2UnexpectedException',
  'ENILimitReachedException',
  'SubnetIPAddressLimitReachedException',
];

/** Errors of Invoke that the same call meets again until somebody changes something. */
const LASTING = [
  'AccessDeniedException',
  'EC2AccessDeniedException',
  'InvalidParameterValueException',
  'InvalidRequestContentException',
  'InvalidRuntimeException',
  'InvalidSecurityGroupIDException',
  'InvalidSubnetIDException',
  'InvalidZipFileException',
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'RequestTooLargeException',
  'ResourceNotFoundException',
  'UnsupportedMediaTypeException',
];

/** Every Task of a program, also those of a Map's children. */
function tasks({ States }: Program): [name: string, state: State][] {
  return Object.entries(States).flatMap(([name, state]): [string, State][] => {
    if (state.ItemProcessor !== undefined) return tasks(state.ItemProcessor);
    return state.Type === 'Task' ? [[name, state]] : [];
  });
}

/** Seconds before each further attempt when every one fails so; at most, if there is jitter. */
function delays(state: State, error: string) {
  const retrier = state.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes(error));
  if (retrier === undefined) return { jitter: false, seconds: [] };
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts, JitterStrategy } = retrier;
  const seconds = Array.from({ length: MaxAttempts }, (_, attempt) =>
    Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds),
  );
  return { jitter: JitterStrategy === 'FULL', seconds };
}

describe.each(Object.entries(machines))('the state machine of %s', (_, definition) => {
  const all = tasks(definition);

  it('the state machine has tasks', () => {
    expect(all.length).toBeGreaterThan(5);
  });

  it.each(NOT_READY)(
    'the state machine waits for a function that Lambda refuses with %s',
    (name) => {
      for (const [task, state] of all) {
        const { jitter, seconds } = delays(state, `Lambda.${name}`);
        expect(seconds.slice(0, 4), task).toEqual([5, 10, 20, 40]);
        expect(jitter, task).toBe(false);
        expect(
          seconds.reduce((sum, each) => sum + each, 0),
          task,
        ).toBeGreaterThanOrEqual(180);
      }
    },
  );

  it.each(LASTING)(
    'the state machine does not repeat an invocation that Lambda refuses with %s',
    (name) => {
      for (const [task, state] of all) {
        expect(delays(state, `Lambda.${name}`).seconds, task).toEqual([]);
        expect(delays(state, 'States.ALL').seconds, task).toEqual([]);
        expect(delays(state, 'States.TaskFailed').seconds, task).toEqual([]);
      }
    },
  );
});
