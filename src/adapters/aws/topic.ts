import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { RunNotification } from '../../core/wire/notification-schema.ts';
import { awsError } from './aws-error.ts';

/** The form of a message: plain words, or what Amazon Q Developer shows in a chat channel. */
export type TopicFormat = 'text' | 'amazon-q';

/**
 * Publishes notifications to a topic of SNS, in words. Change, run and fleet are attributes of the message, so
 * that a subscription can filter by them. Throws a `FanfoldError` if the topic does not take one.
 */
export function createTopic(
  client: Pick<SNSClient, 'send'>,
  topicArn: string,
  format: TopicFormat,
): (notification: RunNotification) => Promise<void> {
  return async (notification) => {
    const { id, runId, change, fleet } = notification;
    const attribute = (value: string) => ({ DataType: 'String', StringValue: value });
    const command = new PublishCommand({
      TopicArn: topicArn,
      Subject: subjectOf(notification),
      Message: format === 'amazon-q' ? amazonQMessage(notification) : notification.text,
      MessageAttributes: {
        change: attribute(change),
        runId: attribute(runId),
        ...(fleet !== undefined && { fleet: attribute(fleet) }),
      },
      // Such a topic also drops what is sent again.
      ...(topicArn.endsWith('.fifo') && { MessageGroupId: runId, MessageDeduplicationId: id }),
    });
    try {
      await client.send(command);
    } catch (error) {
      throw awsError(error, { action: `publish to the topic ${topicArn}`, caller: 'function' });
    }
  };
}

/** Of an e-mail: ASCII, below 100 characters. */
function subjectOf({ fleet, runId, change }: RunNotification): string {
  const words = `${fleet === undefined ? 'Run' : `${fleet}: run`} ${runId}: ${change.replaceAll('-', ' ')}`;
  return words.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
}

/** Its schema of custom notifications; anything else that it does not know it drops silently. */
function amazonQMessage({ id, runId, change, text }: RunNotification): string {
  const [title = '', ...rest] = text.split('\n');
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    id,
    content: { textType: 'client-markdown', title, description: rest.join('\n') || title },
    metadata: { threadId: runId, summary: change },
  });
}
