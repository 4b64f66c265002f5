import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { lambdaEnvironment } from '../../../lambdas/environment.ts';
import type { LogFields } from '../../../lambdas/log.ts';
import { receiversOf, sendNotification } from '../../../lambdas/wiring/send-notification.ts';
import { createEventBus } from '../../../src/adapters/aws/event-bus.ts';
import { createTopic } from '../../../src/adapters/aws/topic.ts';
import { runNotification } from '../../../src/core/notify/run-notification.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const run = {
  runId: 'run-1',
  command: 'migrate',
  fleet: 'acme',
  executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:acme:run-1',
} as const;
const told = runNotification(
  run,
  { change: 'held', wave: 1, waves: 2, reason: 'The alarm "errors" is in ALARM' },
  { wave: 1 },
  Date.parse('2026-11-23T06:00:00.000Z'),
);
const client = { region: 'eu-west-1' };
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:rollouts';

describe('an event bus', () => {
  it('an event bus gets one entry with the source, the detail type of the change, the execution and the notification', async () => {
    const events = mockClient(new EventBridgeClient(client));
    events.on(PutEventsCommand).resolves({ Entries: [{ EventId: '1' }] });
    await createEventBus(events as never, 'default')(told);
    const [call] = events.commandCalls(PutEventsCommand);
    expect(call?.args[0].input.Entries).toEqual([
      {
        EventBusName: 'default',
        Source: 'fanfold',
        DetailType: 'Fanfold Run Held',
        Time: new Date('2026-11-23T06:00:00.000Z'),
        Resources: [run.executionArn],
        Detail: JSON.stringify(told),
      },
    ]);
  });

  it('an event bus is asked again if it did not take the entry although the request succeeded', async () => {
    const events = mockClient(new EventBridgeClient(client));
    const busy = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] };
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    events
      .on(PutEventsCommand)
      .resolvesOnce(busy)
      .resolvesOnce(busy)
      .resolves({ Entries: [{}] });
    await createEventBus(events as never, 'default', wait)(told);
    expect(waits).toEqual([200, 1_000]);
    events.on(PutEventsCommand).resolves(busy);
    expect(await rejectionOf(createEventBus(events as never, 'default', wait)(told))).toMatchObject(
      {
        code: 'NotificationFailed',
        message: expect.stringContaining('ThrottlingException'),
      },
    );
  });
});

describe('the topic', () => {
  async function published(arn: string, format: 'text' | 'amazon-q') {
    const topics = mockClient(new SNSClient(client));
    topics.on(PublishCommand).resolves({ MessageId: '1' });
    await createTopic(topics as never, arn, format)(told);
    return topics.commandCalls(PublishCommand)[0]?.args[0].input;
  }

  it('a topic gets the words as they are, a subject for e-mail, and the change as an attribute for filters', async () => {
    expect(await published(TOPIC, 'text')).toEqual({
      TopicArn: TOPIC,
      Subject: 'acme: run run-1: held',
      Message: '⚠️ acme: run run-1 is held after wave 1 of 2.\nThe alarm "errors" is in ALARM.',
      MessageAttributes: {
        change: { DataType: 'String', StringValue: 'held' },
        runId: { DataType: 'String', StringValue: 'run-1' },
        fleet: { DataType: 'String', StringValue: 'acme' },
      },
    });
  });

  it('a topic for Amazon Q gets its schema of custom notifications', async () => {
    const { Message = '' } = (await published(TOPIC, 'amazon-q')) ?? {};
    expect(JSON.parse(Message)).toEqual({
      version: '1.0',
      source: 'custom',
      id: told.id,
      content: {
        textType: 'client-markdown',
        title: '⚠️ acme: run run-1 is held after wave 1 of 2.',
        description: 'The alarm "errors" is in ALARM.',
      },
      metadata: { threadId: 'run-1', summary: 'held' },
    });
  });

  it('a first-in, first-out topic gets the id, by which it drops what is sent twice', async () => {
    expect(await published(`${TOPIC}.fifo`, 'text')).toMatchObject({
      MessageGroupId: 'run-1',
      MessageDeduplicationId: told.id,
    });
  });
});

describe('a receiver that is gone', () => {
  it('a topic that is gone is logged with the text and counted, and the bus still gets the event', async () => {
    const lines: LogFields[] = [];
    const log = {
      info: () => {},
      error: (_: string, fields: LogFields) => void lines.push(fields),
    };
    const got: string[] = [];
    const counted: string[] = [];
    const topics = mockClient(new SNSClient(client));
    const gone = Object.assign(new Error('Topic does not exist'), { name: 'NotFoundException' });
    topics.on(PublishCommand).rejects(gone);
    const notify = sendNotification(
      [createTopic(topics as never, TOPIC, 'text'), async ({ id }) => void got.push(id)],
      { log },
      (arn) => void counted.push(arn),
    );
    await notify(told);
    expect(got).toEqual([told.id]);
    expect(counted).toEqual([run.executionArn]);
    expect(lines).toEqual([
      expect.objectContaining({
        id: told.id,
        text: told.text,
        code: 'AwsFailed',
        problem: expect.stringContaining('Topic does not exist'),
      }),
    ]);
  });

  it('a form of messages that does not exist keeps a function from starting', () => {
    const variables = { FANFOLD_NOTIFY_TOPIC: TOPIC };
    expect(receiversOf(lambdaEnvironment({}))).toHaveLength(1);
    expect(receiversOf(lambdaEnvironment(variables))).toHaveLength(2);
    const wrong = lambdaEnvironment({ ...variables, FANFOLD_NOTIFY_FORMAT: 'html' });
    expect(() => receiversOf(wrong)).toThrow('must be text or amazon-q');
  });
});
