// Service integrations of Task states. What is not in this table is refused when the state machine is created.
import { runtimeError, StatesError, untilAborted } from './errors.mjs';
import { checkSize } from './limits.mjs';

const LAMBDA_ARN = /^arn:[^:]+:lambda:/;
const INTEGRATION = /^arn:[^:]+:states:::(.+)$/;

/** The result of an invocation, or its failure under the name that Retry and Catch match. */
function lambdaResult({ payload, functionError, serviceError, message }, state) {
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
  ports,
  { FunctionName, Qualifier, Payload, InvocationType = 'RequestResponse' },
  state,
) {
  if (InvocationType !== 'RequestResponse')
    throw runtimeError(`aws-local: InvocationType ${InvocationType} is not emulated`);
  const name = Qualifier ? `${FunctionName}:${Qualifier}` : FunctionName;
  const result = lambdaResult(await ports.invoke(name, JSON.stringify(Payload ?? {})), state);
  return {
    ExecutedVersion: '$LATEST',
    Payload: result,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    StatusCode: 200,
  };
}

const s3Call = async (work) => {
  try {
    return await work;
  } catch (error) {
    throw new StatesError(
      `S3.${String(error.name).replace(/Exception$/, '')}Exception`,
      error.message,
    );
  }
};

const INTEGRATIONS = {
  'lambda:invoke': invokeLambda,
  'aws-sdk:s3:getObject': async ({ s3 }, { Bucket, Key }) => ({
    Body: await s3Call(s3.getText(Bucket, Key)),
  }),
  'aws-sdk:s3:putObject': async ({ s3 }, { Bucket, Key, Body }) => {
    await s3Call(s3.putText(Bucket, Key, typeof Body === 'string' ? Body : JSON.stringify(Body)));
    return {};
  },
};

export const supportedIntegrations = Object.keys(INTEGRATIONS);

export const isSupportedResource = (resource) =>
  LAMBDA_ARN.test(resource) || Object.hasOwn(INTEGRATIONS, resource.match(INTEGRATION)?.[1] ?? '');

/** Runs one attempt of a Task. A timeout or an abort leaves the Lambda function running, as on AWS. */
export async function runTask({ engine, execution, signal }, name, state, input, timeoutSeconds) {
  checkSize(input, name);
  const { history } = execution;
  const direct = LAMBDA_ARN.test(state.Resource);
  const integration = state.Resource.match(INTEGRATION)?.[1] ?? '';
  const kind = {
    resourceType: integration.split(':').slice(0, -1).join(':'),
    resource: integration.split(':').at(-1),
  };
  const event = direct ? 'LambdaFunction' : 'Task';
  const about = direct ? {} : kind;
  history.add(`${event}Scheduled`, {
    ...(direct
      ? { resource: state.Resource, input: JSON.stringify(input) }
      : { ...kind, region: engine.region, parameters: JSON.stringify(input) }),
    ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
  });
  history.add(`${event}Started`, direct ? undefined : kind);
  const work = direct
    ? engine.ports
        .invoke(state.Resource, JSON.stringify(input ?? {}))
        .then((answer) => lambdaResult(answer, name))
    : INTEGRATIONS[integration](engine.ports, input, name);
  let timer;
  const timeout = new Promise((_, reject) => {
    if (timeoutSeconds !== undefined)
      timer = setTimeout(() => reject(new StatesError('States.Timeout')), timeoutSeconds * 1000);
  });
  try {
    const result = checkSize(await untilAborted(Promise.race([work, timeout]), signal), name);
    history.add(`${event}Succeeded`, { ...about, output: JSON.stringify(result) });
    return result;
  } catch (error) {
    if (error instanceof StatesError)
      history.add(error.error === 'States.Timeout' ? `${event}TimedOut` : `${event}Failed`, {
        ...about,
        error: error.error,
        cause: error.cause,
      });
    throw error;
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // an abandoned attempt may still fail later
  }
}
