import type { PaceReason } from './pace-reason.ts';

/** Measurements over the time in which some attempts ended. */
export interface PaceWindow {
  readonly seconds: number;
  /** Work that was done, in any unit that stays the same. */
  readonly work: number;
  /** Median time from the beginning of an attempt to the server's first answer, if there was one. */
  readonly answerMs: number | undefined;
  /** Whether the limit was reached for most of the time: otherwise it did not decide the speed. */
  readonly isFull: boolean;
}

/** A limit with the speed that it brought. */
interface Point {
  readonly limit: number;
  /** Work a second. */
  readonly speed: number;
  readonly answerMs: number | undefined;
}

/** A limit, and how it is to develop. */
export interface PaceState {
  readonly limit: number;
  readonly why: PaceReason;
  readonly stage:
    | { readonly name: 'growing'; readonly before: Point | undefined }
    | {
        readonly name: 'holding';
        readonly point: Point | undefined;
        /** Windows until the next try. */
        readonly left: number;
        /** Windows to hold after a try that brought nothing. */
        readonly patience: number;
        readonly next: 'up' | 'down';
      }
    | {
        readonly name: 'trying';
        readonly from: Point;
        readonly direction: 'up' | 'down';
        readonly patience: number;
      };
}

/** The highest limit, and the reason for it. */
export interface Ceiling {
  readonly limit: number;
  readonly why: PaceReason;
}

/** Of the speed that more at a time could bring, so much has to come, or the growth ends. */
const GROWTH = 0.15;
/** A try of more at a time has to be so much faster. */
const UP_GAIN = 0.06;
/** A try of fewer at a time is kept if it is no slower than this: fewer are easier on the server. */
const DOWN_GAIN = -0.03;
const TRY_FACTOR = 1.5;
const FIRST_PATIENCE = 3;
const MOST_PATIENCE = 48;
/** A busy server is asked once a second, and each refusal costs an attempt. */
const PATIENCE_AFTER: Partial<Record<PaceReason, number>> = {
  busy: 8,
  replicas: 8,
  refused: 24,
};
/** Part of a newer window in the speed of a limit that is held. */
const NEWER = 0.3;
/** Answers that take so many times as long, and so many milliseconds longer, are a sign of trouble. */
const SLOWER_ANSWERS = 2;
const SLOWER_MS = 5;
/** Slow answers count only if the speed is below this part of the speed before. */
const SLOWER_SPEED = 0.85;
/** A server in trouble gets this part. */
const YIELD = 0.7;

/** The limit with which a run begins, and that it always may have. */
export function firstPace(limit: number): PaceState {
  return { limit, why: 'growing', stage: { name: 'growing', before: undefined } };
}

/** The limit after a window. Doubles while that brings speed, then tries a little more or a little less. */
export function nextLimit(state: PaceState, window: PaceWindow, ceiling: Ceiling): PaceState {
  if (state.limit > ceiling.limit) return holdAt(ceiling.limit, ceiling.why);
  if (!window.isFull || window.seconds <= 0) return state;
  const { limit, stage } = state;
  const now: Point = { limit, speed: window.work / window.seconds, answerMs: window.answerMs };
  switch (stage.name) {
    case 'growing':
      return grow(now, stage.before, ceiling);
    case 'holding':
      return hold(state, stage, now, ceiling);
    case 'trying':
      return judge(state, stage, now, ceiling);
  }
}

/** The limit after a sign of trouble with `running` attempts. Later windows raise it again. */
export function yieldTo(state: PaceState, running: number, why: PaceReason): PaceState {
  const limit = Math.min(settledLimit(state), Math.max(1, running));
  const patience = PATIENCE_AFTER[why] ?? FIRST_PATIENCE;
  const next = why === 'latency' ? 'down' : 'up';
  return {
    limit: Math.max(1, Math.floor(limit * YIELD)),
    why,
    stage: { name: 'holding', point: undefined, left: patience, patience, next },
  };
}

/** The limit without a try that is under way. */
export function settledLimit({ limit, stage }: PaceState): number {
  return stage.name === 'trying' ? stage.from.limit : limit;
}

function grow(now: Point, before: Point | undefined, ceiling: Ceiling): PaceState {
  if (before !== undefined && gainOf(now, before) < GROWTH * (now.limit / before.limit - 1)) {
    const best = now.speed > before.speed ? now : before;
    const next = best === now ? 'down' : 'up';
    return {
      limit: best.limit,
      why: 'no-gain',
      stage: { name: 'holding', point: best, left: FIRST_PATIENCE, patience: FIRST_PATIENCE, next },
    };
  }
  if (now.limit >= ceiling.limit) return holdAt(now.limit, ceiling.why, now);
  return {
    limit: Math.min(ceiling.limit, now.limit * 2),
    why: 'growing',
    stage: { name: 'growing', before: now },
  };
}

/** By which part a point is faster than another. */
function gainOf(now: Point, before: Point): number {
  return now.speed / before.speed - 1;
}

type Stage<Name extends PaceState['stage']['name']> = Extract<PaceState['stage'], { name: Name }>;

function hold(state: PaceState, stage: Stage<'holding'>, now: Point, ceiling: Ceiling): PaceState {
  const { point, left, patience, next } = stage;
  if (point !== undefined && isInTrouble(now, point)) return yieldTo(state, state.limit, 'latency');
  const blended = point === undefined ? now : blend(point, now);
  if (left > 1) return { ...state, stage: { ...stage, point: blended, left: left - 1 } };
  const direction = next === 'up' && state.limit >= ceiling.limit ? 'down' : next;
  const tried = direction === 'up' ? raised(state.limit, ceiling) : lowered(state.limit);
  if (tried === state.limit) {
    return { ...state, stage: { ...stage, point: blended, left: patience, next: 'up' } };
  }
  return {
    ...state,
    limit: tried,
    stage: { name: 'trying', from: blended, direction, patience },
  };
}

/** Goes on in the same direction as long as that is right, and back to where it came from otherwise. */
function judge(
  state: PaceState,
  { from, direction, patience }: Stage<'trying'>,
  now: Point,
  ceiling: Ceiling,
): PaceState {
  const isRight = gainOf(now, from) >= (direction === 'up' ? UP_GAIN : DOWN_GAIN);
  if (!isRight) {
    const longer = Math.min(MOST_PATIENCE, patience * 2);
    const next = direction === 'up' ? 'down' : 'up';
    return {
      limit: from.limit,
      why: direction === 'up' ? 'no-gain' : state.why,
      stage: { name: 'holding', point: from, left: longer, patience: longer, next },
    };
  }
  const why =
    direction === 'down' ? 'no-gain' : now.limit >= ceiling.limit ? ceiling.why : state.why;
  return {
    limit: now.limit,
    why,
    stage: { name: 'holding', point: now, left: 1, patience: FIRST_PATIENCE, next: direction },
  };
}

function isInTrouble(now: Point, point: Point): boolean {
  if (now.answerMs === undefined || point.answerMs === undefined) return false;
  return (
    now.answerMs > point.answerMs * SLOWER_ANSWERS &&
    now.answerMs > point.answerMs + SLOWER_MS &&
    now.speed < point.speed * SLOWER_SPEED
  );
}

function holdAt(limit: number, why: PaceReason, point?: Point): PaceState {
  const stage = { left: FIRST_PATIENCE, patience: FIRST_PATIENCE, next: 'up' } as const;
  return { limit, why, stage: { name: 'holding', point, ...stage } };
}

function raised(limit: number, ceiling: Ceiling): number {
  return Math.min(ceiling.limit, Math.max(limit + 1, Math.round(limit * TRY_FACTOR)));
}

function lowered(limit: number): number {
  return Math.max(1, Math.round(limit / TRY_FACTOR));
}

function blend(point: Point, now: Point): Point {
  const mix = (before: number, after: number) => before * (1 - NEWER) + after * NEWER;
  return {
    limit: point.limit,
    speed: mix(point.speed, now.speed),
    answerMs:
      point.answerMs === undefined || now.answerMs === undefined
        ? (now.answerMs ?? point.answerMs)
        : mix(point.answerMs, now.answerMs),
  };
}
