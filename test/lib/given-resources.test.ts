import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Peer, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it, vi } from 'vitest';
import { TenantMigrations, type TenantMigrationsProps } from '../../lib/tenant-migrations.ts';
import { resourcesOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

type Given = (stack: Stack) => Partial<TenantMigrationsProps>;
const env = { account: '123456789012', region: 'eu-west-1' };

/** A stack in eu-west-1 with what somebody else has made. */
function stackWith(given: Given, stackEnv: typeof env | null = env): Stack {
  const stack = new Stack(new App(), 'Theirs', stackEnv === null ? {} : { env: stackEnv });
  new TenantMigrations(stack, 'Migrations', {
    migrationsFolder: 'demo/migrations',
    ...given(stack),
  });
  return stack;
}

const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:123456789012:${name}`;
const secret = (stack: Stack): ISecret =>
  Secret.fromSecretCompleteArn(stack, 'Secret', arn('secretsmanager', 'secret:x/y-AbCdEf'));
const topic = (stack: Stack): ITopic => Topic.fromTopicArn(stack, 'Topic', arn('sns', 'topic'));
const fifo = (stack: Stack): ITopic =>
  Topic.fromTopicArn(stack, 'Fifo', `arn:aws:sns:eu-west-1:123456789012:all.fifo`);

const ELSEWHERE: readonly (readonly [string, Given])[] = [
  ['centralSecret', (stack) => ({ centralSecret: secret(stack) })],
  ['centralReadSecret', (stack) => ({ centralReadSecret: secret(stack) })],
  ['encryptionKeySecret', (stack) => ({ encryptionKeySecret: secret(stack) })],
  [
    'provisioning.adminSecrets[0]',
    (stack) => ({ provisioning: { adminSecrets: [{ secret: secret(stack) }] } }),
  ],
  ['alarmsTopic', (stack) => ({ alarmsTopic: topic(stack) })],
  ['notifyTopic', (stack) => ({ notifyTopic: topic(stack) })],
  [
    'eventBus',
    (stack) => ({
      eventBus: EventBus.fromEventBusArn(stack, 'Bus', arn('events', 'event-bus/x')) as IEventBus,
    }),
  ],
];

describe('what is given to the construct', () => {
  it.each(ELSEWHERE)(
    'a %s in another region is refused, if the region of the stack is known',
    (property, given) => {
      expect(() => stackWith(given)).toThrow(
        `"${property}" of Theirs/Migrations is in us-east-1, and the stack is in eu-west-1`,
      );
    },
  );

  it('a topic that the app makes in another region is refused like one by its ARN', () => {
    const app = new App();
    const other = new Stack(app, 'Other', {
      env: { ...env, region: 'us-east-1' },
      crossRegionReferences: true,
    });
    const stack = new Stack(app, 'Theirs', { env, crossRegionReferences: true });
    const alarmsTopic = new Topic(other, 'Topic') as ITopic;
    expect(
      () =>
        new TenantMigrations(stack, 'Migrations', {
          migrationsFolder: 'demo/migrations',
          alarmsTopic,
        }),
    ).toThrow('"alarmsTopic" of Theirs/Migrations is in us-east-1');
  });

  it('a secret of another account comes with a warning if its key is not named', () => {
    const secretCompleteArn = 'arn:aws:secretsmanager:eu-west-1:999999999999:secret:x-AbCdEf';
    const keyArn = 'arn:aws:kms:eu-west-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const text = Match.stringLikeRegexp('"centralSecret" is a secret of the account 999999999999');
    const without = stackWith((stack) => ({
      centralSecret: Secret.fromSecretAttributes(stack, 'S', { secretCompleteArn }),
    }));
    Annotations.fromStack(without).hasWarning('/Theirs/Migrations', text);
    const withKey = stackWith((stack) => ({
      centralSecret: Secret.fromSecretAttributes(stack, 'S', {
        secretCompleteArn,
        encryptionKey: Key.fromKeyArn(stack, 'K', keyArn),
      }),
    }));
    Annotations.fromStack(withKey).hasNoWarning('/Theirs/Migrations', text);
  });

  it('a secret in another region is taken if the template goes to any region', () => {
    expect(() => stackWith((stack) => ({ centralSecret: secret(stack) }), null)).not.toThrow();
  });

  it.each(['alarmsTopic', 'notifyTopic'] as const)('a FIFO topic as %s is refused', (property) => {
    const made = (stack: Stack): ITopic => new Topic(stack, 'Topic', { fifo: true }) as ITopic;
    for (const given of [fifo, made]) {
      expect(() => stackWith((stack) => ({ [property]: given(stack) }))).toThrow(
        `"${property}" of Theirs/Migrations is a FIFO topic`,
      );
    }
  });

  it('the key of an encrypted topic for alarms lets CloudWatch use it', () => {
    const stack = stackWith((stack) => ({
      alarmsTopic: new Topic(stack, 'Topic', {
        masterKey: new Key(stack, 'TopicKey') as IKey,
      }) as ITopic,
    }));
    const key = resourcesOf(Template.fromStack(stack), 'AWS::KMS::Key').find(({ id }) =>
      id.startsWith('TopicKey'),
    );
    expect(key?.Properties.KeyPolicy).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        }),
      ]),
    });
  });

  it('an encrypted topic for alarms whose key is not made in the app comes with a warning', () => {
    const stack = stackWith((stack) => ({
      alarmsTopic: Topic.fromTopicAttributes(stack, 'Topic', {
        topicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
        keyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      }),
    }));
    const text = Match.stringLikeRegexp('must let cloudwatch.amazonaws.com use kms:Decrypt');
    Annotations.fromStack(stack).hasWarning('/Theirs/Migrations', text);
  });

  it('a VPC whose addresses are not known is refused with the choices, and taken with those of the databases', () => {
    const vpc = (stack: Stack): IVpc =>
      Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-1'],
      });
    expect(() => stackWith((stack) => ({ vpc: vpc(stack) }))).toThrow(
      /addresses of Theirs\/Vpc are not known.*"vpcCidrBlock", or "databasePeers"/,
    );
    expect(() =>
      stackWith((stack) => ({ vpc: vpc(stack), databasePeers: [Peer.ipv4('10.0.0.0/16')] })),
    ).not.toThrow();
  });

  it('a VPC that is still to be looked up is not taken for one of isolated subnets', () => {
    const stack = stackWith((stack) => ({ vpc: Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-1' }) }));
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('isolated subnets'));
  });
});
