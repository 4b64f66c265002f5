import { setTimeout as delay } from 'node:timers/promises';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, DeleteTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { expect, inject, it } from 'vitest';
import { notificationSchema } from '../../src/core/wire/notification-schema.ts';
import { createQueue } from './support/queues.ts';
import { deployedStack } from './support/scenario.ts';
import { until } from './support/until.ts';

const { clients, executions, fleet } = deployedStack();
const { environment, stack } = inject('aws');
const topic = String(stack.config.notifyTopicArn);

it('each change of an execution is an event on the bus and words on the topic, also after a redrive', async () => {
  const events = await createQueue(environment);
  const words = await createQueue(environment);
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = environment;
  const bus = new EventBridgeClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const fleetName = `${stack.stackName}-tenant-migrations`;
  const pattern = { source: ['fanfold'], detail: { fleet: [fleetName] } };
  const rule = { Name: `${stack.stackName}-told`, EventPattern: JSON.stringify(pattern) };
  await bus.send(new PutRuleCommand(rule));
  await bus.send(
    new PutTargetsCommand({ Rule: rule.Name, Targets: [{ Id: 'queue', Arn: events.arn }] }),
  );
  await clients.topics.send(
    new SubscribeCommand({
      TopicArn: topic,
      Protocol: 'sqs',
      Endpoint: words.arn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );

  const { tenants } = await fleet(4);
  const [first, second] = tenants;
  await second?.breakDatabase();
  const run = await executions.run({ waves: [{ tenants: [first?.slug] }] });
  expect(run.status).toBe('FAILED');
  await second?.repairDatabase();
  await executions.redrive(run.arn);

  const bodies: string[] = [];
  const texts: string[] = [];
  await until(async () => {
    bodies.push(...(await events.receive()));
    texts.push(...(await words.receive()));
    return bodies.length >= 6 && texts.length >= 6;
  });
  const told = bodies.map((body) => JSON.parse(body));
  for (const { source, detail, resources } of told) {
    expect([source, resources]).toEqual(['fanfold', [run.arn]]);
    notificationSchema.strict().parse(detail);
  }
  const inOrder = told.toSorted((a, b) => a.detail.at.localeCompare(b.detail.at));
  expect(inOrder.map((event) => event['detail-type'])).toEqual([
    'Fanfold Run Started',
    'Fanfold Wave Done',
    'Fanfold Wave Done',
    'Fanfold Run Failed',
    'Fanfold Run Resumed',
    'Fanfold Run Done',
  ]);
  expect(texts.toSorted()).toEqual(told.map(({ detail }) => detail.text).toSorted());
  expect(
    texts.some((text) => text.startsWith(`✅ ${fleetName}: run ${run.name} is done.\n4 of`)),
  ).toBe(true);
});

it('an execution succeeds although its topic is gone', async () => {
  await clients.topics.send(new DeleteTopicCommand({ TopicArn: topic }));
  try {
    await fleet(2);
    expect(await executions.run()).toMatchObject({ status: 'SUCCEEDED' });
  } finally {
    await clients.topics.send(new CreateTopicCommand({ Name: topic.split(':').at(-1) }));
  }
});

it('an execution that is stopped in the console or fails outside of its tenants is told once, with the reason', async () => {
  const words = await createQueue(environment);
  await clients.topics.send(
    new SubscribeCommand({
      TopicArn: topic,
      Protocol: 'sqs',
      Endpoint: words.arn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const texts: string[] = [];
  const about = async (run: { readonly name: string }) => {
    texts.push(...(await words.receive()));
    return texts.filter((text) => text.includes(run.name)).map((text) => text.split(' ')[0]);
  };

  const { tenants, add } = await fleet(2);
  await tenants[0]?.misbehave({ how: 'wait', times: 1, ms: 60_000 });
  const arn = await executions.start({});
  await until(async () => (await executions.mapRuns(arn)).length > 0);
  const stopped = await executions.stop(arn);
  await tenants[0]?.misbehave(undefined);
  await until(async () => (await about(stopped)).includes('⛔'));
  expect(texts.find((text) => text.startsWith('⛔'))).toContain('Stopped by a test.');

  const refused = await executions.run({ to: 'no-such-migration' });
  expect(refused).toMatchObject({ status: 'FAILED', error: 'MigrationUnknown' });
  await until(async () => (await about(refused)).includes('❌'));
  expect(texts.find((text) => text.startsWith('❌'))).toContain('MigrationUnknown');

  // One that a state has told is not told again.
  const broken = await add();
  await broken.breakDatabase();
  const failed = await executions.run({ tenants: [broken.slug] });
  await until(async () => (await about(failed)).includes('❌'));
  const late = await executions.run({ command: 'plan' });
  expect(late.status).toBe('SUCCEEDED');
  await delay(2_000);
  expect(await about(failed)).toEqual(['🚀', '❌']);
  expect(await about(stopped)).toEqual(['🚀', '⛔']);
});
