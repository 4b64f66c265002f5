/** A statement that may wait for a lock, and the facts about its wait so far. All times are in milliseconds. */
export interface WatchedWait {
  /** How long others may queue behind it. */
  readonly queueMs: number;
  /** The last time at which it certainly did not wait; at first, the time at which it was sent. */
  readonly freeAt: number;
  /** Whether it was seen at work, so that it does not wait for its first lock. */
  readonly hasWorked: boolean;
}

/** The result of a look at the waiting session. */
export interface Look {
  /** The time before the server was asked. */
  readonly askedAt: number;
  readonly isWaiting: boolean;
}

/** The step after a look. `again`: the session is looked at once more at `dueAt`. */
export type Judgment =
  | { readonly next: 'kill' }
  | { readonly next: 'again'; readonly wait: WatchedWait; readonly dueAt: number };

/** The smallest and the largest part of `queueMs` that is left to asking and killing. */
const LEAST_LEAD = 0.1;
const MOST_LEAD = 0.4;

/**
 * When a wait is judged: so long before its time is up that the KILL arrives in time.
 *
 * @param delayMs the time that passes until a KILL has arrived, which follows a question
 */
export function judgedAt({ queueMs, freeAt }: WatchedWait, delayMs: number): number {
  const leadMs = Math.min(queueMs * MOST_LEAD, queueMs * LEAST_LEAD + delayMs);
  return freeAt + queueMs - leadMs;
}

/**
 * Decides what follows a look. A pure function. A wait counts from the last time at which the statement certainly
 * did not wait, so that it is never longer than it seems. A statement at work is looked at twice within `queueMs`,
 * because it may need another lock at its end.
 */
export function judgeWait(wait: WatchedWait, look: Look, delayMs: number): Judgment {
  const { queueMs } = wait;
  if (!look.isWaiting) {
    const free = { queueMs, freeAt: look.askedAt, hasWorked: true };
    return { next: 'again', wait: free, dueAt: look.askedAt + queueMs / 2 };
  }
  const dueAt = judgedAt(wait, delayMs);
  return look.askedAt >= dueAt ? { next: 'kill' } : { next: 'again', wait, dueAt };
}
