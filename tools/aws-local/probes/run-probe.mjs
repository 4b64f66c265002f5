// Runs a probe against the Step Functions API in this process: no moto, no ports, Lambda functions and S3 in memory.
import { setTimeout as sleep } from 'node:timers/promises';
import { stepFunctionsApi } from '../step-functions/api.mjs';
import { checkDefinition, describeDiagnostics } from '../step-functions/definition.mjs';
import { Engine } from '../step-functions/engine.mjs';
import { StatesError } from '../step-functions/errors.mjs';
import { executionProbes } from './execution-probes.mjs';
import { lambdaFunctions, resetLambdaFunctions } from './lambda-functions.mjs';
import { languageProbes, objects } from './language-probes.mjs';

function memoryS3() {
  const store = new Map(Object.entries(objects));
  return {
    store,
    async getText(_bucket, key) {
      if (!store.has(key))
        throw Object.assign(new Error('The specified key does not exist.'), { name: 'NoSuchKey' });
      return store.get(key);
    },
    async putText(_bucket, key, text) {
      store.set(key, text);
    },
    async list(_bucket, prefix) {
      return [...store.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((Key) => ({ Key, Size: store.get(Key).length }));
    },
  };
}

async function invoke(arn, payload) {
  try {
    const result = await lambdaFunctions[arn.split(':function:')[1]](JSON.parse(payload));
    return { payload: JSON.stringify(result ?? null) };
  } catch (error) {
    if (error.serviceError) return { serviceError: error.name, message: error.message };
    return {
      functionError: 'Unhandled',
      payload: JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: [] }),
    };
  }
}

/** The API with one state machine, as a probe receives it. */
function bench(definition) {
  const s3 = memoryS3();
  const engine = new Engine(
    { invoke, s3 },
    { timeScale: Number(process.env.AWS_LOCAL_TIME_SCALE ?? 0.05) },
  );
  const stateMachineArn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:probe';
  const api = stepFunctionsApi(engine, {
    async describe(arn) {
      if (arn !== stateMachineArn) throw new StatesError('StateMachineDoesNotExist', arn);
      return {
        definition: JSON.stringify(definition),
        roleArn: 'arn:aws:iam::123456789012:role/probe',
      };
    },
  });
  const settle = async (executionArn) => {
    for (;;) {
      const answer = api.DescribeExecution({ executionArn });
      if (answer.status !== 'RUNNING')
        return { ...answer, output: answer.output && JSON.parse(answer.output) };
      await sleep(5);
    }
  };
  return {
    api,
    s3,
    stateMachineArn,
    settle,
    start: async (input) =>
      (await api.StartExecution({ stateMachineArn, input: JSON.stringify(input) })).executionArn,
    async run(input) {
      return settle(await this.start(input));
    },
    async redrive(executionArn) {
      api.RedriveExecution({ executionArn });
      return settle(executionArn);
    },
    events: (executionArn) =>
      api.GetExecutionHistory({ executionArn, maxResults: 1000 }).events.map(({ type }) => type),
    json: async (key) => JSON.parse(await s3.getText('probe-bucket', key)),
  };
}

export const probes = [...languageProbes, ...executionProbes];

/** Resolves to true, or to a text that says how the probe's result differs from what AWS documents. */
export async function runProbe(probe) {
  resetLambdaFunctions();
  const diagnostics = checkDefinition(JSON.stringify(probe.def));
  if (probe.refused) return probe.refused(diagnostics);
  if (diagnostics.length > 0) return describeDiagnostics(diagnostics);
  const on = bench(probe.def);
  if (probe.play) return probe.play(on);
  const result = await on.run(probe.input);
  const details = result.output?.ResultWriterDetails;
  return probe.check(result, details && (await on.json(details.Key)));
}
