import { median } from './median.ts';
import {
  type Ceiling,
  firstPace,
  nextLimit,
  type PaceState,
  type PaceWindow,
  settledLimit,
  yieldTo,
} from './next-limit.ts';
import type { PaceReason } from './pace-reason.ts';

/** All hosts of a run, or one of them: measures windows, and has a limit that follows them. */
export interface PacedScope {
  readonly limit: number;
  /** The limit without a try that is under way, and why it is not higher. */
  readonly settled: { readonly limit: number; readonly why: PaceReason };
  /** Attempts that run. */
  readonly running: number;
  begin(): void;
  /** An attempt has ended that did so much work; `answerMs`: how long the first answer took. */
  end(work: number, answerMs: number | undefined): void;
  /** Something that no window shows, such as a refusal. Attempts that began before the limit fell cause no second one. */
  trouble(why: PaceReason): void;
  /** Begins to grow again, because the ceiling was raised. */
  grow(): void;
}

export interface PacedScopeOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly first: number;
  readonly ceiling: () => Ceiling;
}

/** Attempts and milliseconds in a window. Growth is decided early, since a fleet may be small. */
const GROWING = { attempts: 16, ofLimit: 1.5, ms: 30 };
const LATER = { attempts: 24, ofLimit: 2, ms: 250 };
/** Part of the attempts that have to end while the limit is reached. */
const FULL = 0.7;
/** Answers whose median is taken. */
const MOST_ANSWERS = 256;

/** A scope in which nothing has run yet. */
export function createPacedScope({ now, first, ceiling }: PacedScopeOptions): PacedScope {
  let state: PaceState = firstPace(Math.min(first, ceiling().limit));
  let running = 0;
  /** Attempts under way when the limit changed, which show the speed before, or the first ones. */
  let settling = state.limit;
  let isTroubled = false;
  let window = emptyWindow(now());

  const become = (next: PaceState) => {
    if (next.limit !== state.limit) settling = running;
    state = next;
    window = emptyWindow(now());
  };

  const isWhole = () => {
    const { attempts, ofLimit, ms } = state.stage.name === 'growing' ? GROWING : LATER;
    return (
      window.attempts >= Math.max(attempts, state.limit * ofLimit) && now() - window.since >= ms
    );
  };

  return {
    get limit() {
      return Math.min(state.limit, ceiling().limit);
    },
    get settled() {
      const top = ceiling();
      const limit = settledLimit(state);
      return limit > top.limit ? top : { limit, why: state.why };
    },
    get running() {
      return running;
    },
    begin() {
      running += 1;
    },
    end(work, answerMs) {
      const wasFull = running >= Math.min(state.limit, ceiling().limit);
      running -= 1;
      if (settling > 0) {
        settling -= 1;
        if (settling > 0) return;
        isTroubled = false;
        window = emptyWindow(now());
        return;
      }
      window.attempts += 1;
      window.work += work;
      if (wasFull) window.full += 1;
      if (answerMs !== undefined && window.answers.length < MOST_ANSWERS) {
        window.answers.push(answerMs);
      }
      if (!isWhole()) return;
      become(nextLimit(state, summed(window, now()), ceiling()));
    },
    trouble(why) {
      if (isTroubled) return;
      isTroubled = running > 0;
      become(yieldTo(state, running, why));
    },
    grow() {
      become(firstPace(Math.min(Math.max(first, settledLimit(state)), ceiling().limit)));
    },
  };
}

interface OpenWindow {
  readonly since: number;
  attempts: number;
  work: number;
  full: number;
  readonly answers: number[];
}

function emptyWindow(since: number): OpenWindow {
  return { since, attempts: 0, work: 0, full: 0, answers: [] };
}

function summed({ since, attempts, work, full, answers }: OpenWindow, now: number): PaceWindow {
  return {
    seconds: (now - since) / 1_000,
    work,
    answerMs: median(answers),
    isFull: full >= attempts * FULL,
  };
}
