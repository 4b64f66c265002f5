import { createEventsClient } from '../../src/adapters/aws/clients/create-events-client.ts';
import { createTopicsClient } from '../../src/adapters/aws/clients/create-topics-client.ts';
import { createEventBus } from '../../src/adapters/aws/event-bus.ts';
import { createTopic } from '../../src/adapters/aws/topic.ts';
import { isFanfoldError } from '../../src/core/errors.ts';
import type { SendNotification } from '../../src/core/states/step-ports.ts';
import { thrownText } from '../../src/core/text/thrown-text.ts';
import type { RunNotification } from '../../src/core/wire/notification-schema.ts';
import { wordsOnStack } from '../../src/core/wording/on-stack.ts';
import type { LambdaEnvironment } from '../environment.ts';
import type { Log } from '../log.ts';
import { publishLostNotification } from '../run-metrics.ts';

/** The bus of the account. */
const DEFAULT_BUS = 'default';

/** A receiver: throws if it does not take the notification. */
export type Receiver = (notification: RunNotification) => Promise<void>;

/** The receivers that the stack names: its event bus and, if there is one, its topic. */
export function receiversOf({ optional, notifyFormat }: LambdaEnvironment): readonly Receiver[] {
  const bus = createEventBus(createEventsClient(), optional('eventBus') ?? DEFAULT_BUS);
  const topic = optional('notifyTopic');
  if (topic === undefined) return [bus];
  return [bus, createTopic(createTopicsClient(), topic, notifyFormat())];
}

/**
 * Sends each notification to all receivers at once. One that is not taken is logged with its text and counted, for
 * an alarm: a run does not fail for it, and nothing is lost.
 */
export function sendNotification(
  receivers: readonly Receiver[],
  { log, stack }: { readonly log: Log; readonly stack?: string | undefined },
  publish: (executionArn: string) => void = publishLostNotification,
): SendNotification {
  return async (given) => {
    const notification = wordsOnStack(given, stack);
    const sent = await Promise.allSettled(receivers.map(async (receive) => receive(notification)));
    for (const result of sent) {
      if (result.status === 'fulfilled') continue;
      const { id, change, runId, text, executionArn } = notification;
      log.error('notification not sent', { id, change, runId, text, ...reasonOf(result.reason) });
      publish(executionArn ?? '');
    }
  };
}

function reasonOf(error: unknown) {
  if (!isFanfoldError(error)) return { code: 'Unexpected', problem: thrownText(error) };
  const { code, message, nextStep } = error;
  return { code, problem: message, nextStep };
}
