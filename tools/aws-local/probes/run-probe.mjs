// Runs a probe against the Step Functions API in this process: no moto, no ports, Lambda functions and S3 in memory.
import { setTimeout as sleep } from 'node:timers/promises';
import { stepFunctionsApi } from '../step-functions/api.mjs';
import { checkDefinition, describeDiagnostics } from '../step-functions/definition.mjs';
import { Engine } from '../step-functions/engine.mjs';
import { StatesError } from '../step-functions/errors.mjs';
import { callbackProbes } from './callback-probes.mjs';
import { executionProbes } from './execution-probes.mjs';
import { expressProbes } from './express-probes.mjs';
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

/** Answers of the other AWS APIs: topics and queues exist unless they are `gone`, and one alarm is in ALARM. */
const answers = {
  sqs: () => ({ MessageId: 'm' }),
  sns({ TopicArn }) {
    if (TopicArn.endsWith(':gone'))
      throw Object.assign(new Error('Topic does not exist'), { name: 'NotFoundException' });
    return { MessageId: 'm' };
  },
  eventbridge({ Entries }) {
    const failed = Entries.filter(({ Source }) => !Source);
    return {
      FailedEntryCount: failed.length,
      Entries: Entries.map(({ Source }) =>
        Source ? { EventId: 'e' } : { ErrorCode: 'InvalidArgument' },
      ),
    };
  },
  cloudwatch: ({ AlarmNames }) => ({
    MetricAlarms: AlarmNames.filter((name) => name !== 'missing').map((AlarmName) => ({
      AlarmName,
      StateValue: 'ALARM',
    })),
  }),
};

/** The API with one state machine, as a probe receives it. */
function bench(definition, options) {
  const s3 = memoryS3();
  const sent = [];
  const send = async (service, operation, request) => {
    sent.push({ service, operation, request });
    return answers[service](request);
  };
  const engine = new Engine(
    { invoke, s3, send },
    {
      timeScale: Number(process.env.AWS_LOCAL_TIME_SCALE ?? 0.05),
      callbackTimeScale: 0.05,
      ...options,
    },
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
    sent,
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

export const probes = [...languageProbes, ...executionProbes, ...callbackProbes, ...expressProbes];

/** Resolves to true, or to a text with the differences between the probe's result and the behavior that AWS documents. */
export async function runProbe(probe) {
  resetLambdaFunctions();
  const diagnostics = checkDefinition(JSON.stringify(probe.def));
  if (probe.refused) return probe.refused(diagnostics);
  if (diagnostics.length > 0) return describeDiagnostics(diagnostics);
  const on = bench(probe.def, probe.options);
  if (probe.play) return probe.play(on);
  const result = await on.run(probe.input);
  const details = result.output?.ResultWriterDetails;
  return probe.check(result, details && (await on.json(details.Key)));
}
