import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRemoteOperator } from '../../../src/adapters/aws/remote-operator.ts';
import { rejectionOf, thrownBy } from '../../support/thrown-by.ts';

const STACK = {
  ...{ name: 'Fanfold', region: 'eu-west-1', stateMachineArn: 'arn:machine' },
  ...{ runBucket: 'runs', settleFunction: 'settle' },
  operatorFunctions: { inspect: 'Fanfold-inspect-tenants' },
};
const REQUEST = { concurrency: 8 };
const mock = mockClient(LambdaClient);
const lambda = new LambdaClient({ region: 'eu-west-1' });

beforeEach(() => mock.reset());

/** A function of a stack that a time goes on for. */
function operator(stack: Partial<typeof STACK> = {}) {
  let time = 0;
  const waits: string[] = [];
  const remote = createRemoteOperator({
    by: 'inspect',
    stack: { ...STACK, ...stack },
    lambda,
    version: '1.2.3',
    onWait: (message) => waits.push(message),
    clock: {
      now: () => time,
      sleep: async (ms) => {
        time += ms;
      },
    },
  });
  return { remote, waits, waited: () => time };
}

/** The bytes of an answer, as the SDK hands them over. */
function payload(value: unknown) {
  const bytes = new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  return Object.assign(bytes, {
    transformToString: () => new TextDecoder().decode(bytes),
  }) as never;
}

const refusal = (name: string) => Object.assign(new Error('Not now.'), { name });
const answered = (answer: object, fanfold = '1.2.9') => ({
  Payload: payload({ status: 'done', fanfold, answer }),
});
const failed = (errorType: string, errorMessage = 'secret words') => ({
  FunctionError: 'Unhandled',
  Payload: payload({ errorType, errorMessage }),
});
const asking = () => rejectionOf(operator().remote.ask('status', REQUEST));

describe('a function that works for an operator', () => {
  it('an operator function gets the operation with the version of the command line, and its answer is read', async () => {
    mock.on(InvokeCommand).resolves(answered({ readings: [], more: 'of a later patch' }));
    expect(await operator().remote.ask('status', REQUEST)).toEqual({ readings: [] });
    const [call] = mock.commandCalls(InvokeCommand);
    expect(call?.args[0].input.FunctionName).toBe('Fanfold-inspect-tenants');
    expect(call?.args[0].input.InvocationType).toBeUndefined();
    expect(JSON.parse(String(call?.args[0].input.Payload))).toEqual({
      ...{ fanfold: '1.2.3', operation: 'status', request: REQUEST },
    });
  });

  it('an operator function hands an error over as if it had been thrown here', async () => {
    const error = {
      ...{ code: 'TenantUnknown', message: 'No tenant.', fault: 'usage', nextStep: 'Look.' },
      ...{ retryable: false, ownWords: true },
    };
    const Payload = payload({ status: 'refused', fanfold: '1.2.3', error });
    mock.on(InvokeCommand).resolves({ Payload });
    expect(await asking()).toMatchObject(error);
  });

  it('an operator function is missing in a stack of an earlier version', () => {
    const bare = { operatorFunctions: undefined as never };
    expect(thrownBy(() => operator(bare))).toMatchObject({
      code: 'OperatorNotDeployed',
      message: expect.stringContaining('InspectFunctionName'),
      nextStep: expect.stringContaining('cdk deploy'),
    });
  });

  it('an operator function of another minor version is refused with both versions', async () => {
    mock.on(InvokeCommand).resolves(answered({ readings: [] }, '1.3.0'));
    expect(await asking()).toMatchObject({
      code: 'VersionsDiffer',
      message: expect.stringMatching(/1\.2\.3.*1\.3\.0/),
    });
  });

  it('an operator function that may not be invoked names the grant that is missing', async () => {
    mock.on(InvokeCommand).rejects(refusal('AccessDeniedException'));
    expect(await asking()).toMatchObject({
      code: 'AwsAccessDenied',
      message: expect.stringContaining('Fanfold-inspect-tenants'),
      nextStep: expect.stringContaining('grantInspect'),
    });
  });

  it.each<[string, object, string]>([
    ['at its time limit', failed('Sandbox.Timedout'), 'OperatorTimedOut'],
    [
      'at its time limit, in older words',
      failed('', 'x Task timed out after 3.00 seconds'),
      'OperatorTimedOut',
    ],
    ['with too large an answer', failed('Function.ResponseSizeTooLarge'), 'OperatorAnswerTooLarge'],
    ['by a defect', failed('Unexpected'), 'OperatorFailed'],
    ['by its process', failed('Runtime.ExitError'), 'OperatorFailed'],
    ['with words that are no JSON', { Payload: payload('<html>') }, 'OperatorFailed'],
    ['with another answer', answered({ tenants: 3 }), 'OperatorFailed'],
    ['without an answer', {}, 'OperatorFailed'],
  ])(
    'an operator function that ended %s is named by its error, which quotes nothing',
    async (_, answer, code) => {
      mock.on(InvokeCommand).resolves(answer);
      const error = await asking();
      expect(error).toMatchObject({ code });
      expect(String(error)).not.toContain('secret words');
    },
  );

  it.each([
    'CodeArtifactUserPendingException',
    'ResourceNotReadyException',
    'ENINotReadyException',
    'EC2ThrottledException',
    'TooManyRequestsException',
  ])('an operator function is waited for while Lambda refuses it with %s', async (name) => {
    mock
      .on(InvokeCommand)
      .rejectsOnce(refusal(name))
      .rejectsOnce(refusal(name))
      .resolves(answered({ readings: [] }));
    const { remote, waits, waited } = operator();
    expect(await remote.ask('status', REQUEST)).toEqual({ readings: [] });
    expect(waits).toHaveLength(1);
    expect(waited()).toBe(6_000);
  });

  it('an operator function that never becomes ready is given up after minutes', async () => {
    mock.on(InvokeCommand).rejects(refusal('ResourceNotReadyException'));
    const { remote, waited } = operator();
    expect(await rejectionOf(remote.ask('status', REQUEST))).toMatchObject({
      code: 'OperatorNotReady',
      retryable: true,
    });
    expect(waited()).toBeGreaterThan(3 * 60_000);
  });

  it('an operator function is not invoked a second time if its answer was lost', async () => {
    mock.on(InvokeCommand).rejects(Object.assign(new Error('x'), { code: 'ECONNRESET' }));
    expect(await asking()).toMatchObject({ code: 'AwsUnreachable' });
    expect(mock.commandCalls(InvokeCommand)).toHaveLength(1);
  });
});
