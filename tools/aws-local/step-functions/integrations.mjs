// Service integrations of Task states ("Integrating services with Step Functions"). What is not in this table is refused when the state
// machine is created.
import { runtimeError, StatesError } from './errors.mjs';
import { checkSize } from './limits.mjs';

/** The result of an invocation, or its failure under the name that Retry and Catch match. */
export function lambdaResult({ payload, functionError, serviceError, message }, state) {
  if (serviceError) throw new StatesError(`Lambda.${serviceError}`, message);
  if (functionError) {
    let error;
    try {
      error = JSON.parse(payload).errorType;
    } catch {}
    throw new StatesError(error ?? 'Lambda.Unknown', payload); // Cause is the JSON text that the runtime reported
  }
  checkSize(payload, state);
  return payload ? JSON.parse(payload) : null;
}

async function invokeLambda(
  { invoke },
  { FunctionName, Qualifier, Payload, InvocationType = 'RequestResponse' },
  { state },
) {
  if (InvocationType !== 'RequestResponse')
    throw runtimeError(`aws-local: InvocationType ${InvocationType} is not emulated`);
  const name = Qualifier ? `${FunctionName}:${Qualifier}` : FunctionName;
  const result = lambdaResult(await invoke(name, JSON.stringify(Payload ?? {})), state);
  return {
    ExecutedVersion: '$LATEST',
    Payload: result,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    StatusCode: 200,
  };
}

/** "Service.ExceptionName", as the AWS SDK for Java names its exceptions ("Learning to use AWS service SDK integrations"). */
const named = async (service, work) => {
  try {
    return await work;
  } catch (error) {
    const name = String(error.name).replace(/Exception$/, '');
    throw new StatesError(`${service}.${name}Exception`, error.message);
  }
};

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** A call of an AWS API as it is. `prepare` makes the request of the arguments. */
const call = (service, operation, errors, prepare = (request) => request) => ({
  run: ({ send }, request, task) => named(errors, send(service, operation, prepare(request, task))),
});

/** "The execution ARN and the state machine ARN are automatically appended to the Resources field of each PutEventsRequestEntry". */
const entries = ({ Entries = [], ...rest }, { execution }) => ({
  ...rest,
  Entries: Entries.map(({ Detail, Resources = [], ...entry }) => ({
    ...entry,
    ...(Detail !== undefined && { Detail: text(Detail) }),
    Resources: [...Resources, execution.arn, execution.stateMachineArn],
  })),
});

/** "If the response from PutEvents contains a non-zero FailedEntryCount then the Task state fails with EventBridge.FailedEntry". */
async function putEvents(ports, request, task) {
  const answer = await call('eventbridge', 'PutEvents', 'EventBridge', entries).run(
    ports,
    request,
    task,
  );
  if (answer.FailedEntryCount)
    throw new StatesError('EventBridge.FailedEntry', JSON.stringify(answer));
  return answer;
}

// `callback`: may wait for a task token. "To use .waitForTaskToken with an AWS SDK integration, the API you use must have a parameter
// field in which to place the task token".
export const INTEGRATIONS = {
  'lambda:invoke': { callback: true, run: invokeLambda },
  'sqs:sendMessage': {
    callback: true,
    // "MessageBody" may be JSON ("Call Amazon SQS with Step Functions")
    ...call('sqs', 'SendMessage', 'SQS', ({ MessageBody, ...rest }) => ({
      ...rest,
      MessageBody: text(MessageBody),
    })),
  },
  'sns:publish': {
    callback: true,
    // "Message" may be JSON ("Call Amazon SNS with Step Functions")
    ...call('sns', 'Publish', 'SNS', ({ Message, ...rest }) => ({
      ...rest,
      Message: text(Message),
    })),
  },
  'events:putEvents': { callback: true, run: putEvents },
  'aws-sdk:cloudwatch:describeAlarms': call('cloudwatch', 'DescribeAlarms', 'CloudWatch'),
  'aws-sdk:eventbridge:putEvents': {
    callback: true,
    ...call('eventbridge', 'PutEvents', 'EventBridge'),
  },
  'aws-sdk:sns:publish': { callback: true, ...call('sns', 'Publish', 'Sns') },
  'aws-sdk:sqs:sendMessage': { callback: true, ...call('sqs', 'SendMessage', 'Sqs') },
  'aws-sdk:s3:getObject': {
    run: async ({ s3 }, { Bucket, Key }) => ({ Body: await named('S3', s3.getText(Bucket, Key)) }),
  },
  'aws-sdk:s3:putObject': {
    run: async ({ s3 }, { Bucket, Key, Body }) => {
      await named('S3', s3.putText(Bucket, Key, text(Body)));
      return {};
    },
  },
};
