import { isFanfoldError } from '../errors.ts';
import type { OwnNote } from '../outcome.ts';
import type { Clock } from '../ports.ts';
import { thrownText } from '../text/thrown-text.ts';
import type { RunNotification } from '../wire/notification-schema.ts';
import { countOf } from '../wording/count-of.ts';
import type { TellChange } from './run-change.ts';
import { type NotifiedRun, runNotification } from './run-notification.ts';

/** A receiver of notifications, such as a webhook. */
export interface NotificationChannel {
  /** For people; without a path or a query, which may hold a token. */
  readonly name: string;
  /**
   * Sends it once, within a time limit of its own. Throws a `FanfoldError`, which is retryable if
   * waiting may help.
   */
  send(notification: RunNotification): Promise<void>;
}

export interface TellerDependencies {
  readonly channels: readonly NotificationChannel[];
  readonly clock: Clock;
  /** Receives the error of a notification that could not be sent; must not throw. */
  readonly warn: (note: OwnNote) => void;
}

/** Sends notifications about the changes of one run. */
export interface Teller {
  /** Whether there is a receiver; without one, facts that are costly to collect are not collected. */
  readonly hasChannels: boolean;
  /** Begins to send and returns at once: a slow receiver does not hold up a run. */
  readonly tell: TellChange;
  /** Resolves once everything is sent or given up. */
  settled(): Promise<void>;
}

/** Three attempts, after 1 s and 4 s: a receiver that restarts is back by then, and a run does not end much later. */
const DELAYS_MS = [1_000, 4_000];

/**
 * Sends notifications to each channel, in order. One that fails is retried a bounded number of times, and
 * one that is given up is a warning. After that the channel gets one attempt at each, until one succeeds.
 */
export function createTeller(
  run: NotifiedRun,
  { channels, clock, warn }: TellerDependencies,
): Teller {
  const queues = channels.map((channel) => createQueue(channel, { clock, warn }));
  return {
    hasChannels: channels.length > 0,
    async tell(facts, moment = {}) {
      if (queues.length === 0) return;
      const notification = runNotification(run, facts, moment, clock.now());
      for (const queue of queues) queue.add(notification);
    },
    async settled() {
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

interface Queue {
  add(notification: RunNotification): void;
  close(): Promise<void>;
}

function createQueue(
  channel: NotificationChannel,
  { clock, warn }: Pick<TellerDependencies, 'clock' | 'warn'>,
): Queue {
  let last = Promise.resolve();
  let isDown = false;
  let lost = 0;

  async function deliver(notification: RunNotification): Promise<void> {
    const delays = isDown ? [] : DELAYS_MS;
    for (let attempt = 0; ; attempt += 1) {
      try {
        await channel.send(notification);
        isDown = false;
        return;
      } catch (error) {
        const delay = delays[attempt];
        if (delay === undefined || !isFanfoldError(error) || !error.retryable) {
          giveUp(notification, error);
          return;
        }
        await clock.sleep(delay, NEVER);
      }
    }
  }

  function giveUp({ change }: RunNotification, error: unknown): void {
    isDown = true;
    lost += 1;
    if (lost > 1) return;
    const why = isFanfoldError(error) ? `${error.message} ${error.nextStep}` : thrownText(error);
    warn({
      code: 'NotificationFailed',
      message: `${channel.name} was not told "${change}": ${why}`,
    });
  }

  return {
    add(notification) {
      last = last.then(() => deliver(notification));
    },
    async close() {
      await last;
      if (lost < 2) return;
      warn({
        code: 'NotificationFailed',
        message: `${channel.name} did not get ${countOf(lost, 'notification')} of this run.`,
      });
    },
  };
}

const NEVER = new AbortController().signal;
