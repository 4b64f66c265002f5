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
const LEAD = 0.3;

/** The part of `queueMs` that a statement has at least, however late earlier KILLs have taken effect. */
const LEAST = 0.5;

/** The part of `queueMs` after which a statement is looked at, because it may wait. */
const LOOK_AFTER = 0.4;

/**
 * When a statement that still waits is killed, so that its time is not up before the KILL has taken effect.
 *
 * @param lateMs how long after its time the effect of a KILL is to be expected
 */
export function killedAt({ queueMs, freeAt }: WatchedWait, lateMs = 0): number {
  return freeAt + Math.max(queueMs * (1 - LEAD) - lateMs, queueMs * LEAST);
}

/** The share of an observed lateness that is still expected after one more KILL. */
const KEPT = 0.99;

/**
 * The lateness to be expected of the next KILL: the greatest one, fading away over some hundred of them, because a
 * machine without a free processor is late by chance.
 */
export function expectedLateness(expectedMs: number, observedMs: number): number {
  return Math.max(observedMs, expectedMs * KEPT);
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
