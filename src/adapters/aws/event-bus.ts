import { setTimeout as delay } from 'node:timers/promises';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { FanfoldError } from '../../core/errors.ts';
import { DETAIL_TYPES, NOTIFICATION_SOURCE } from '../../core/wire/notification-names.ts';
import type { RunNotification } from '../../core/wire/notification-schema.ts';
import { awsError } from './aws-error.ts';

/** Waits before an entry is put again that EventBridge did not take; the client itself retries whole requests. */
const DELAYS_MS = [200, 1_000];

/**
 * Puts notifications on a bus of EventBridge, one entry each. Throws a `FanfoldError` if the bus does not take one.
 *
 * @param bus name or ARN
 */
export function createEventBus(
  client: Pick<EventBridgeClient, 'send'>,
  bus: string,
  wait: (ms: number) => Promise<unknown> = delay,
): (notification: RunNotification) => Promise<void> {
  return async (notification) => {
    const command = new PutEventsCommand({ Entries: [entryOf(notification, bus)] });
    for (let attempt = 0; ; attempt += 1) {
      const { Entries: [entry] = [] } = await client.send(command).catch((error: unknown) => {
        throw awsError(error, { action: 'put events on the bus', caller: 'function' });
      });
      // A request that succeeds may have failed entries.
      if (entry?.ErrorCode === undefined) return;
      const pause = DELAYS_MS[attempt];
      if (pause === undefined) throw refused(entry.ErrorCode, entry.ErrorMessage ?? '', bus);
      await wait(pause);
    }
  };
}

function entryOf(notification: RunNotification, bus: string) {
  const { change, at, executionArn } = notification;
  return {
    EventBusName: bus,
    Source: NOTIFICATION_SOURCE,
    DetailType: DETAIL_TYPES[change],
    Time: new Date(at),
    Detail: JSON.stringify(notification),
    ...(executionArn !== undefined && { Resources: [executionArn] }),
  };
}

function refused(code: string, message: string, bus: string): FanfoldError {
  return new FanfoldError(
    'NotificationFailed',
    `The event bus ${bus} does not take the event: ${code}: ${message}`,
    {
      fault: 'configuration',
      nextStep: 'Check that the bus exists, and its policy. The run itself is not affected.',
    },
  );
}
