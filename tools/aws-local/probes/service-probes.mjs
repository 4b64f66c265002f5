// Probes of the other services, against a running aws-local: messages from one service to another. `on` has
// the clients.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, machine } from './pieces.mjs';

const ACCOUNT = '123456789012';
const arn = (service, name) => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${name}`;

const ROLE = `arn:aws:iam::${ACCOUNT}:role/probe`;

/** The code of a function that is invoked with an event, and sends the states of the alarms in it to a queue. */
const READS_ALARM = `
const { CloudWatchClient, DescribeAlarmsCommand } = require('@aws-sdk/client-cloudwatch');
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
exports.handler = async ({ detail }) => {
  const AlarmNames = detail.alarms;
  const { MetricAlarms } = await new CloudWatchClient().send(new DescribeAlarmsCommand({ AlarmNames }));
  const MessageBody = MetricAlarms.map((alarm) => alarm.AlarmName + ' ' + alarm.StateValue).join();
  await new SQSClient().send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody }));
};
`;

/** The code of a custom resource, which sends its requests to a queue and refuses every update. */
const ANSWERS = `
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
exports.handler = async ({ RequestType, ResponseURL, StackId, RequestId, LogicalResourceId }) => {
  await new SQSClient().send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: RequestType }));
  const Status = RequestType === 'Update' ? 'FAILED' : 'SUCCESS';
  const answer = { Status, Reason: 'not this time', PhysicalResourceId: 'probe', StackId, RequestId, LogicalResourceId };
  await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
};
`;

const LAMBDA_ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'lambda.amazonaws.com' },
        },
      ],
    },
  },
};

/** A function of a stack that has the role above, and knows the queue. */
const inlineFunction = (queue, ZipFile) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: queue.name,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Timeout: 30,
    Environment: { Variables: { QUEUE: queue.url } },
    Code: { ZipFile },
  },
});

/** Clients of a running aws-local. `load` requires a package from its folder. */
export function serviceClients(load, endpoint) {
  const region = 'eu-west-1';
  const config = {
    endpoint,
    region,
    credentials: { accessKeyId: 'aws-local', secretAccessKey: 'aws-local' },
    maxAttempts: 1,
  };
  const clients = {};
  const call = (service, operation, request) => {
    const api = load(`@aws-sdk/client-${service}`);
    const Client = Object.values(api).find(({ name }) => /^[A-Z]\w*Client$/.test(name ?? ''));
    clients[service] ??= new Client(config);
    return clients[service].send(new api[`${operation}Command`](request));
  };
  let queues = 0;
  return {
    call,
    /** A new queue: its name, and all messages that arrive until there are `count`, or until time is up. */
    async queue() {
      const name = `probe-${process.pid}-${Date.now()}-${queues++}`;
      const { QueueUrl } = await call('sqs', 'CreateQueue', { QueueName: name });
      const read = async (count, seconds = 20) => {
        const messages = [];
        for (const end = Date.now() + seconds * 1000; messages.length < count; await sleep(20)) {
          const { Messages = [] } = await call('sqs', 'ReceiveMessage', {
            QueueUrl,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ['All'],
          });
          messages.push(...Messages);
          if (Date.now() > end) break;
        }
        return messages;
      };
      return { url: QueueUrl, arn: arn('sqs', name), name, read };
    },
    /** A stack of CloudFormation; resolves when the deployment has ended, and throws if it failed. */
    async deploy(StackName, Resources, Action = 'CreateStack') {
      const body = new URLSearchParams({
        Action,
        Version: '2010-05-15',
        StackName,
        TemplateBody: JSON.stringify({ Resources }),
      });
      const answer = await fetch(endpoint, {
        method: 'POST',
        body,
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=aws-local/20260101/${region}/cloudformation/aws4_request`,
        },
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    fail: (fault) =>
      fetch(`${endpoint}/_aws-local/fail-invocations`, {
        method: 'POST',
        body: JSON.stringify(fault),
      }),
  };
}

export const serviceProbes = [
  {
    id: 'a deployed alarm begins in INSUFFICIENT_DATA, keeps a state that is set, and tells the topic of that state',
    async run(on) {
      const queue = await on.queue();
      const { TopicArn } = await on.call('sns', 'CreateTopic', { Name: `alarms-${queue.name}` });
      await on.deploy(`alarm-${queue.name}`, {
        Told: {
          Type: 'AWS::SNS::Subscription',
          Properties: { TopicArn, Protocol: 'sqs', Endpoint: queue.arn },
        },
        Errors: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            AlarmName: queue.name,
            Namespace: 'Probe',
            MetricName: 'Errors',
            ComparisonOperator: 'GreaterThanThreshold',
            EvaluationPeriods: 1,
            Period: 60,
            Threshold: 1,
            Statistic: 'Sum',
            AlarmActions: [TopicArn],
          },
        },
      });
      const state = async () =>
        (
          await on.call('cloudwatch', 'DescribeAlarms', { AlarmNames: [queue.name, 'missing'] })
        ).MetricAlarms.map(({ StateValue }) => StateValue);
      const set = (StateValue) =>
        on.call('cloudwatch', 'SetAlarmState', {
          AlarmName: queue.name,
          StateValue,
          StateReason: 'probe',
        });
      const before = await state();
      await set('ALARM');
      const after = await state();
      await set('OK'); // has no action
      const [message] = await queue.read(1);
      const more = await queue.read(1, 0.3);
      const told = JSON.parse(JSON.parse(message.Body).Message);
      return expect({
        states: [
          [before, after, await state()],
          [['INSUFFICIENT_DATA'], ['ALARM'], ['OK']],
        ],
        told: [
          [told.AlarmName, told.OldStateValue, told.NewStateValue, told.NewStateReason],
          [queue.name, 'INSUFFICIENT_DATA', 'ALARM', 'probe'],
        ],
        once: [more.length, 0],
      });
    },
  },
  {
    id: 'a rule passes what its pattern matches to topics and queues, whole or transformed',
    async run(on) {
      const queue = await on.queue();
      const { TopicArn } = await on.call('sns', 'CreateTopic', { Name: queue.name });
      await on.call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: queue.arn });
      await on.call('eventbridge', 'PutRule', {
        Name: queue.name,
        EventPattern: JSON.stringify({ source: [queue.name], detail: { status: ['failed'] } }),
      });
      await on.call('eventbridge', 'PutTargets', {
        Rule: queue.name,
        Targets: [
          { Id: 'topic', Arn: TopicArn },
          {
            Id: 'words',
            Arn: queue.arn,
            InputTransformer: {
              InputPathsMap: { run: '$.detail.run', none: '$.detail.none', n: '$.detail.n' },
              InputTemplate: '{"text": "Run <run> failed<none>", "n": <n>, "run": <run>}',
            },
          },
          { Id: 'constant', Arn: queue.arn, Input: '"constant"' },
          { Id: 'part', Arn: queue.arn, InputPath: '$.detail.run' },
        ],
      });
      const { FailedEntryCount } = await on.call('eventbridge', 'PutEvents', {
        Entries: [
          {
            Source: queue.name,
            DetailType: 'Run',
            Detail: JSON.stringify({ status: 'failed', run: 'r1', n: 2 }),
          },
          { Source: queue.name, DetailType: 'Run', Detail: JSON.stringify({ status: 'started' }) },
          { Source: queue.name, DetailType: 'Run', Detail: '{' },
        ],
      });
      const bodies = (await queue.read(4)).map(({ Body }) => Body);
      const notification = bodies.find((body) => body.includes('TopicArn')) ?? '{"Message":"{}"}';
      const event = JSON.parse(JSON.parse(notification).Message);
      return expect({
        'malformed entries': [FailedEntryCount, 1],
        'to the queue': [
          bodies.filter((body) => body !== notification).sort(),
          ['"constant"', '"r1"', '{"text": "Run r1 failed", "n": 2, "run": "r1"}'],
        ],
        'to the topic': [
          [event.version, event['detail-type'], event.source, event.account, event.detail.run],
          ['0', 'Run', queue.name, ACCOUNT, 'r1'],
        ],
        time: [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(event.time), true],
      });
    },
  },
  {
    id: 'an event whose topic is gone ends in the dead-letter queue of the target',
    async run(on) {
      const queue = await on.queue();
      await on.call('eventbridge', 'PutRule', {
        Name: queue.name,
        EventPattern: JSON.stringify({ source: [queue.name] }),
      });
      const gone = arn('sns', `gone-${queue.name}`);
      await on.call('eventbridge', 'PutTargets', {
        Rule: queue.name,
        Targets: [{ Id: 'topic', Arn: gone, DeadLetterConfig: { Arn: queue.arn } }],
      });
      await on.call('eventbridge', 'PutEvents', {
        Entries: [{ Source: queue.name, DetailType: 'Run', Detail: '{"run":"r1"}' }],
      });
      const [message] = await queue.read(1);
      return expect({
        event: [JSON.parse(message.Body).detail, { run: 'r1' }],
        target: [message.MessageAttributes.TARGET_ARN.StringValue, gone],
      });
    },
  },
  {
    id: 'a rule invokes a function, which reads the state of an alarm, and starts a state machine',
    async run(on) {
      const queue = await on.queue();
      const { stateMachineArn } = await on.call('sfn', 'CreateStateMachine', {
        name: queue.name,
        definition: JSON.stringify(machine('Done', { Done: { Type: 'Succeed' } })),
        roleArn: ROLE,
      });
      await on.deploy(`function-${queue.name}`, {
        Errors: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            AlarmName: queue.name,
            Namespace: 'Probe',
            MetricName: 'Errors',
            ComparisonOperator: 'GreaterThanThreshold',
            EvaluationPeriods: 1,
            Period: 60,
            Threshold: 1,
            Statistic: 'Sum',
          },
        },
        Role: LAMBDA_ROLE,
        Reader: inlineFunction(queue, READS_ALARM),
      });
      await on.call('cloudwatch', 'SetAlarmState', {
        AlarmName: queue.name,
        StateValue: 'ALARM',
        StateReason: 'probe',
      });
      await on.call('eventbridge', 'PutRule', {
        Name: queue.name,
        EventPattern: JSON.stringify({ source: [queue.name] }),
      });
      await on.call('eventbridge', 'PutTargets', {
        Rule: queue.name,
        Targets: [
          { Id: 'function', Arn: arn('lambda', `function:${queue.name}`) },
          { Id: 'machine', Arn: stateMachineArn, InputPath: '$.detail' },
        ],
      });
      await on.call('eventbridge', 'PutEvents', {
        Entries: [
          {
            Source: queue.name,
            DetailType: 'Ask',
            Detail: JSON.stringify({ alarms: [queue.name, 'missing'] }),
          },
        ],
      });
      const [message] = await queue.read(1);
      const list = () => on.call('sfn', 'ListExecutions', { stateMachineArn });
      let { executions } = await list();
      for (let look = 0; executions.length === 0 && look < 500; look++) {
        await sleep(20);
        ({ executions } = await list());
      }
      const inputs = await Promise.all(
        executions.map(async ({ executionArn }) =>
          JSON.parse((await on.call('sfn', 'DescribeExecution', { executionArn })).input),
        ),
      );
      return expect({
        'read by the function': [message?.Body, `${queue.name} ALARM`],
        'started executions': [inputs, [{ alarms: [queue.name, 'missing'] }]],
      });
    },
  },
  {
    id: 'a state machine asks by a queue, waits for the answer, tells an event and reads an alarm',
    async run(on) {
      const queue = await on.queue();
      await on.call('eventbridge', 'PutRule', {
        Name: queue.name,
        EventPattern: JSON.stringify({ source: [queue.name] }),
      });
      await on.call('eventbridge', 'PutTargets', {
        Rule: queue.name,
        Targets: [{ Id: 'queue', Arn: queue.arn }],
      });
      const task = (resource, Arguments, rest) => ({
        Type: 'Task',
        Resource: `arn:aws:states:::${resource}`,
        Arguments,
        ...rest,
      });
      const definition = machine('Ask', {
        Ask: task(
          'sqs:sendMessage.waitForTaskToken',
          { QueueUrl: queue.url, MessageBody: { token: '{% $states.context.Task.Token %}' } },
          { Assign: { answer: '{% $states.result %}' }, Next: 'Tell' },
        ),
        Tell: task(
          'events:putEvents',
          { Entries: [{ Source: queue.name, DetailType: 'Run', Detail: '{% $answer %}' }] },
          { Next: 'Look' },
        ),
        Look: task(
          'aws-sdk:cloudwatch:describeAlarms',
          { AlarmNames: ['missing'] },
          { Output: '{% $states.result.MetricAlarms %}', End: true },
        ),
      });
      const { stateMachineArn } = await on.call('sfn', 'CreateStateMachine', {
        name: queue.name,
        definition: JSON.stringify(definition),
        roleArn: ROLE,
      });
      const { executionArn } = await on.call('sfn', 'StartExecution', { stateMachineArn });
      const [question] = await queue.read(1);
      await on.call('sfn', 'SendTaskSuccess', {
        taskToken: JSON.parse(question.Body).token,
        output: '{"by":"ada"}',
      });
      const told = JSON.parse((await queue.read(1))[0].Body);
      const describe = () => on.call('sfn', 'DescribeExecution', { executionArn });
      let end = await describe();
      for (; end.status === 'RUNNING'; end = await describe()) await sleep(20);
      return expect({
        told: [
          [told.detail, told.resources],
          [{ by: 'ada' }, [executionArn, stateMachineArn]],
        ],
        end: [
          [end.status, end.output],
          ['SUCCEEDED', '[]'],
        ],
      });
    },
  },
  {
    id: 'a custom resource whose update fails gets one request for it, and fails the deployment',
    async run(on) {
      const queue = await on.queue();
      const resources = (version) => ({
        Role: LAMBDA_ROLE,
        Provider: inlineFunction(queue, ANSWERS),
        Probe: {
          Type: 'Custom::Probe',
          Properties: { ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] }, version },
        },
      });
      await on.deploy(queue.name, resources(1));
      const failure = await on
        .deploy(queue.name, resources(2), 'UpdateStack')
        .then(() => 'none')
        .catch(({ message }) => message);
      const requests = (await queue.read(2)).map(({ Body }) => Body);
      const more = await queue.read(1, 0.3);
      return expect({
        requests: [requests.sort(), ['Create', 'Update']],
        more: [more.length, 0],
        failure: [failure.includes('not this time'), true],
      });
    },
  },
  {
    id: 'an invocation by the Invoke API fails as requested, as often as requested',
    async run(on) {
      const FunctionName = `probe-${Date.now()}`;
      await on.fail({ functionName: FunctionName, error: 'ENINotReadyException', times: 1 });
      const seen = [];
      for (let call = 0; call < 2; call++)
        await on
          .call('lambda', 'Invoke', { FunctionName, Payload: '{}' })
          .catch(({ name, $metadata }) => seen.push([name, $metadata.httpStatusCode]));
      return expect({
        seen: [
          seen,
          [
            ['ENINotReadyException', 502],
            ['ResourceNotFoundException', 404],
          ],
        ],
      });
    },
  },
];
