/** A statement that may wait for a lock, and the facts about its wait so far. All times are in milliseconds. */
export interface WatchedWait {
  /** How long others may queue behind it. */
  readonly queueMs: number;
  /** The last time at which it certainly did not wait; at first, the time at which it was sent. */
  readonly freeAt: number;
  /** Whether it was seen at work, so that it does not wait for its first lock. */
  readonly hasWorked: boolean;
}

/** The part of `queueMs` that is left to the KILL, and to a busy machine. */
const LEAD = 0.2;

/** The part of `queueMs` after which a statement is looked at, because it may wait. */
const LOOK_AFTER = 0.5;

/** When a statement that still waits is killed, so that its time is not up before the KILL has taken effect. */
export function killedAt({ queueMs, freeAt }: WatchedWait): number {
  return freeAt + queueMs * (1 - LEAD);
}

/** When a statement is looked at again: twice within `queueMs`, because it may need another lock at its end. */
export function lookedAt({ queueMs, freeAt }: WatchedWait): number {
  return freeAt + queueMs * LOOK_AFTER;
}

/**
 * A statement that was seen at work. Its wait counts from the time before the server was asked, so that it is never
 * longer than it seems.
 */
export function atWork({ queueMs }: WatchedWait, askedAt: number): WatchedWait {
  return { queueMs, freeAt: askedAt, hasWorked: true };
}
