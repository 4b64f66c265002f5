import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { NOTIFICATION_SOURCE } from '../src/core/wire/notification-names.ts';
import { allow } from './allow.ts';

/** The receivers of changes of a run's standing. */
export interface Notifications {
  readonly bus: IEventBus;
  readonly topic?: ITopic | undefined;
  readonly format?: 'text' | 'amazon-q' | undefined;
}

/** The props of the construct that are about notifications. */
interface NotificationProps {
  readonly eventBus?: IEventBus | undefined;
  readonly notifyTopic?: ITopic | undefined;
  readonly notifyFormat?: Notifications['format'];
}

/** The receivers that the props name; by default the bus of the account. */
export function notificationsOf(scope: Construct, props: NotificationProps): Notifications {
  const { eventBus, notifyTopic, notifyFormat } = props;
  if (notifyFormat !== undefined && notifyTopic === undefined) {
    throw new Error(
      `"notifyFormat" of ${scope.node.path} has no meaning without "notifyTopic": name the topic, or leave it out.`,
    );
  }
  return {
    bus: eventBus ?? EventBus.fromEventBusName(scope, 'EventBus', 'default'),
    topic: notifyTopic,
    format: notifyFormat,
  };
}

/** The settings of the function that sends notifications. */
export function notificationSettings({ bus, topic, format }: Notifications) {
  return { eventBus: bus.eventBusArn, notifyTopic: topic?.topicArn, notifyFormat: format };
}

/** Grants the rights to send notifications: events under our name, and messages on the topic, with its key. */
export function allowNotifications(grantee: IGrantable, { bus, topic }: Notifications): void {
  allow(grantee, {
    actions: ['events:PutEvents'],
    resources: [bus.eventBusArn],
    // A bus of the account carries the events of others as well, which this function must not forge.
    conditions: { 'ForAllValues:StringEquals': { 'events:source': [NOTIFICATION_SOURCE] } },
  });
  if (topic === undefined) return;
  allow(grantee, { actions: ['sns:Publish'], resources: [topic.topicArn] });
  if (topic.masterKey === undefined) return;
  allow(grantee, {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [topic.masterKey.keyArn],
  });
}
