// Probes of tasks that wait for a token ("Wait for a Callback with Task Token"), and of integrations that
// send messages.
import { setTimeout as sleep } from 'node:timers/promises';
import { tokens } from './lambda-functions.mjs';
import { distributed, errorOf, expect, lambda, machine, refusal, times } from './pieces.mjs';

const waiting = (rest = {}) => ({
  ...lambda('keep', { token: '{% $states.context.Task.Token %}' }),
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Output: '{% $states.result %}',
  ...rest,
});
const integration = (name, Arguments, rest = {}) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${name}`,
  Arguments,
  ...rest,
});

/** Waits until `count` tokens were handed out, and returns the last. */
async function token(count = 1) {
  while (tokens.length < count) await sleep(2);
  return tokens[count - 1];
}
const reply = (on, taskToken, value) =>
  on.api.SendTaskSuccess({ taskToken, output: JSON.stringify(value) });

export const callbackProbes = [
  {
    id: 'a task waits for its token, and its result is what is sent with it, not what the function returned',
    def: machine('W', { W: waiting({ End: true }) }),
    async play(on) {
      const executionArn = await on.start({});
      const taskToken = await token();
      await sleep(20);
      const during = on.api.DescribeExecution({ executionArn }).status;
      reply(on, taskToken, { approvedBy: 'ada' });
      const result = await on.settle(executionArn);
      const events = on.events(executionArn);
      return expect({
        during: [during, 'RUNNING'],
        result: [
          [result.status, result.output],
          ['SUCCEEDED', { approvedBy: 'ada' }],
        ],
        events: [
          events.slice(1, -1),
          [
            'TaskStateEntered',
            'TaskScheduled',
            'TaskStarted',
            'TaskSubmitted',
            'TaskSucceeded',
            'TaskStateExited',
          ],
        ],
        'a second answer': [await errorOf(() => reply(on, taskToken, 1)), 'TaskTimedOut'],
        'a late failure': [
          await errorOf(() => on.api.SendTaskFailure({ taskToken, error: 'E' })),
          'TaskTimedOut',
        ],
        'a token of nobody': [await errorOf(() => reply(on, 'abc', 1)), 'InvalidToken'],
        'a token that is too long': [
          await errorOf(() => reply(on, 'x'.repeat(2049), 1)),
          'ValidationException',
        ],
      });
    },
  },
  {
    id: 'SendTaskSuccess refuses an output that is not JSON or too large, and the task waits on',
    def: machine('W', { W: waiting({ End: true }) }),
    async play(on) {
      const executionArn = await on.start({});
      const taskToken = await token();
      const seen = [];
      for (const output of ['{', undefined, `"${'x'.repeat(262_144)}"`])
        seen.push(await errorOf(() => on.api.SendTaskSuccess({ taskToken, output })));
      reply(on, taskToken, 'fine');
      const { output } = await on.settle(executionArn);
      return expect({
        seen: [seen, ['InvalidOutput', 'InvalidOutput', 'InvalidOutput']],
        output: [output, 'fine'],
      });
    },
  },
  {
    id: 'SendTaskFailure fails the task with its error and cause, which Catch matches',
    def: machine('W', {
      W: waiting({
        Catch: [
          {
            ErrorEquals: ['Rejected'],
            Output: '{% $states.errorOutput %}',
            Next: 'Done',
          },
        ],
        End: true,
      }),
      Done: { Type: 'Succeed' },
    }),
    async play(on) {
      const executionArn = await on.start({});
      const taskToken = await token();
      const tooLong = await errorOf(() =>
        on.api.SendTaskFailure({ taskToken, error: 'x'.repeat(257) }),
      );
      on.api.SendTaskFailure({ taskToken, error: 'Rejected', cause: 'not on a Friday' });
      const { status, output } = await on.settle(executionArn);
      return expect({
        tooLong: [tooLong, 'ValidationException'],
        result: [
          [status, output],
          ['SUCCEEDED', { Error: 'Rejected', Cause: 'not on a Friday' }],
        ],
        events: [times(on.events(executionArn), 'TaskFailed'), 1],
      });
    },
  },
  {
    id: 'TimeoutSeconds of a waiting task: States.Timeout whatever the heartbeats, and the next attempt has a new token',
    def: machine('W', {
      W: waiting({
        TimeoutSeconds: 8,
        HeartbeatSeconds: 7,
        Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1, IntervalSeconds: 1 }],
        End: true,
      }),
    }),
    async play(on) {
      const executionArn = await on.start({});
      const first = await token();
      for (let beat = 0; beat < 3; beat++) {
        await sleep(100);
        on.api.SendTaskHeartbeat({ taskToken: first });
      }
      const second = await token(2);
      const old = await errorOf(() => reply(on, first, 'old'));
      reply(on, second, 'new');
      const { status, output } = await on.settle(executionArn);
      return expect({
        tokens: [first !== second, true],
        old: [old, 'TaskTimedOut'],
        result: [
          [status, output],
          ['SUCCEEDED', 'new'],
        ],
        events: [times(on.events(executionArn), 'TaskTimedOut'), 1],
      });
    },
  },
  {
    id: 'HeartbeatSeconds: a heartbeat resets its clock, a missed one fails with States.Timeout, which States.HeartbeatTimeout catches',
    def: machine('W', {
      W: waiting({
        HeartbeatSeconds: 3,
        Catch: [
          {
            ErrorEquals: ['States.HeartbeatTimeout'],
            Output: '{% $states.errorOutput.Error %}',
            Next: 'Done',
          },
        ],
        End: true,
      }),
      Done: { Type: 'Succeed' },
    }),
    async play(on) {
      const executionArn = await on.start({});
      const taskToken = await token();
      for (let beat = 0; beat < 4; beat++) {
        await sleep(80);
        on.api.SendTaskHeartbeat({ taskToken });
      }
      const during = on.api.DescribeExecution({ executionArn }).status;
      const { status, output } = await on.settle(executionArn);
      return expect({
        during: [during, 'RUNNING'],
        after: [
          [status, output],
          ['SUCCEEDED', 'States.Timeout'],
        ],
        'a heartbeat after that': [
          await errorOf(() => on.api.SendTaskHeartbeat({ taskToken })),
          'TaskTimedOut',
        ],
      });
    },
  },
  {
    id: 'a function that fails before its token is sent fails the task, and its Retry has a new token',
    def: machine('W', {
      W: waiting({
        Arguments: {
          FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:keepOrFail',
          Payload: { token: '{% $states.context.Task.Token %}' },
        },
        Retry: [{ ErrorEquals: ['NotYet'], MaxAttempts: 1, IntervalSeconds: 1 }],
        End: true,
      }),
    }),
    async play(on) {
      const executionArn = await on.start({});
      const taskToken = await token(2);
      const old = await errorOf(() => reply(on, tokens[0], 1));
      reply(on, taskToken, 2);
      const { status, output } = await on.settle(executionArn);
      return expect({
        result: [
          [status, output, old],
          ['SUCCEEDED', 2, 'TaskTimedOut'],
        ],
      });
    },
  },
  {
    id: 'a stopped execution closes its token, and a redrive schedules the task again with a new one',
    def: machine('B', {
      B: lambda('until', { n: 8, good: 1 }, { Next: 'W' }),
      W: waiting({ End: true }),
    }),
    async play(on) {
      const executionArn = await on.start({});
      const first = await token();
      await on.api.StopExecution({ executionArn });
      const old = await errorOf(() => reply(on, first, 'old'));
      on.api.RedriveExecution({ executionArn });
      reply(on, await token(2), 'new');
      const { status, output } = await on.settle(executionArn);
      const events = on.events(executionArn);
      return expect({
        result: [
          [old, status, output],
          ['TaskTimedOut', 'SUCCEEDED', 'new'],
        ],
        events: [
          [times(events, 'TaskStateAborted'), times(events, 'TaskScheduled')],
          [1, 3],
        ],
      });
    },
  },
  {
    id: 'children of a Map Run wait for tokens of their own',
    def: machine('Fan', { Fan: distributed(waiting(), { End: true }) }),
    async play(on) {
      const executionArn = await on.start({});
      await token(4);
      for (const [index, each] of [...tokens].entries()) reply(on, each, index);
      const { status, output } = await on.settle(executionArn);
      return expect({
        result: [
          [status, [...output].sort()],
          ['SUCCEEDED', [0, 1, 2, 3]],
        ],
      });
    },
  },
  {
    id: 'JSONPath: $$.Task.Token in Parameters, HeartbeatSecondsPath',
    def: {
      StartAt: 'W',
      States: {
        W: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          HeartbeatSecondsPath: '$.beat',
          Parameters: {
            FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:keep',
            Payload: { 'token.$': '$$.Task.Token' },
          },
          ResultPath: '$.answer',
          End: true,
        },
      },
    },
    async play(on) {
      const executionArn = await on.start({ beat: 60 });
      reply(on, await token(), 'yes');
      const { output } = await on.settle(executionArn);
      return expect({ output: [output, { beat: 60, answer: 'yes' }] });
    },
  },
  {
    id: 'sqs:sendMessage and sns:publish send objects as JSON text, and may carry the token',
    def: machine('Q', {
      Q: integration(
        'sqs:sendMessage.waitForTaskToken',
        {
          QueueUrl: 'http://queue',
          MessageBody: { token: '{% $states.context.Task.Token %}', n: 1 },
        },
        { Next: 'N' },
      ),
      N: integration(
        'sns:publish',
        { TopicArn: 'arn:aws:sns:eu-west-1:123456789012:topic', Message: { told: true } },
        { Next: 'Gone' },
      ),
      Gone: integration(
        'sns:publish',
        { TopicArn: 'arn:aws:sns:eu-west-1:123456789012:gone', Message: 'plain' },
        {
          Catch: [
            {
              ErrorEquals: ['SNS.NotFoundException'],
              Output: '{% $states.errorOutput.Error %}',
              Next: 'Done',
            },
          ],
          Next: 'Done',
        },
      ),
      Done: { Type: 'Succeed' },
    }),
    async play(on) {
      const executionArn = await on.start({});
      while (on.sent.length === 0) await sleep(2);
      const message = JSON.parse(on.sent[0].request.MessageBody);
      reply(on, message.token, {});
      const { status, output } = await on.settle(executionArn);
      return expect({
        message: [message.n, 1],
        told: [on.sent[1].request.Message, '{"told":true}'],
        plain: [on.sent[2].request.Message, 'plain'],
        result: [
          [status, output],
          ['SUCCEEDED', 'SNS.NotFoundException'],
        ],
      });
    },
  },
  {
    id: 'events:putEvents appends the ARNs of execution and state machine, and one failed entry fails the task',
    def: machine('P', {
      P: integration(
        'events:putEvents',
        {
          Entries: [
            { Source: 'probe', DetailType: 'Told', Detail: { n: 1 }, Resources: ['arn:mine'] },
          ],
        },
        { Next: 'F' },
      ),
      F: integration(
        'events:putEvents',
        { Entries: [{ DetailType: 'Told', Detail: '{}' }] },
        {
          Catch: [
            {
              ErrorEquals: ['EventBridge.FailedEntry'],
              Output: '{% $parse($states.errorOutput.Cause).FailedEntryCount %}',
              Next: 'Done',
            },
          ],
          Next: 'Done',
        },
      ),
      Done: { Type: 'Succeed' },
    }),
    async play(on) {
      const executionArn = await on.start({});
      const { status, output } = await on.settle(executionArn);
      return expect({
        entry: [
          on.sent[0].request.Entries,
          [
            {
              Source: 'probe',
              DetailType: 'Told',
              Detail: '{"n":1}',
              Resources: ['arn:mine', executionArn, on.stateMachineArn],
            },
          ],
        ],
        result: [
          [status, output],
          ['SUCCEEDED', 1],
        ],
      });
    },
  },
  {
    id: 'aws-sdk:cloudwatch:describeAlarms returns the alarms and their states',
    def: machine('D', {
      D: integration(
        'aws-sdk:cloudwatch:describeAlarms',
        { AlarmNames: ['errors', 'missing'] },
        { Output: '{% $states.result.MetricAlarms.[AlarmName, StateValue] %}', End: true },
      ),
    }),
    input: {},
    check: ({ status, output }) =>
      expect({
        result: [
          [status, output],
          ['SUCCEEDED', ['errors', 'ALARM']],
        ],
      }),
  },
  refusal(
    'waitForTaskToken of a call that has nowhere to put a token',
    machine('A', {
      A: integration('aws-sdk:s3:getObject.waitForTaskToken', {}, { End: true }),
    }),
    '/States/A/Resource',
  ),
  refusal(
    'waitForTaskToken of a bare function',
    machine('A', {
      A: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:f.waitForTaskToken',
        End: true,
      },
    }),
    '/States/A/Resource',
  ),
  refusal(
    'waitForTaskToken in an EXPRESS child',
    machine('F', {
      F: distributed(waiting(), {
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
          StartAt: 'W',
          States: { W: waiting({ End: true }) },
        },
        End: true,
      }),
    }),
    '/States/W/Resource',
  ),
  refusal(
    'heartbeats of a task that waits for no token',
    machine('A', { A: lambda('echo', {}, { HeartbeatSeconds: 5, End: true }) }),
    '/States/A/HeartbeatSeconds',
  ),
  refusal(
    'heartbeats that are not more frequent than the timeout',
    machine('A', { A: waiting({ HeartbeatSeconds: 5, TimeoutSeconds: 5, End: true }) }),
    '/States/A/HeartbeatSeconds',
  ),
];
