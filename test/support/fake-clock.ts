import type { Clock } from '../../src/core/ports.ts';

/** A clock that is stopped until everything waits, and then jumps to the next waker. */
export interface FakeClock extends Clock {
  /** How long each sleep was asked to be, in order. */
  readonly sleeps: readonly number[];
  /** Sleepers that were not woken yet. */
  readonly asleep: number;
}

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/** A {@link FakeClock} that begins at a fixed date. */
export function fakeClock(): FakeClock {
  let now = Date.parse('2026-11-23T05:57:12.000Z');
  const sleeps: number[] = [];
  const sleepers = new Set<Sleeper>();
  let isJumping = false;

  const jump = () => {
    isJumping = false;
    let next: Sleeper | undefined;
    for (const sleeper of sleepers) if (next === undefined || sleeper.at < next.at) next = sleeper;
    if (next === undefined) return;
    now = Math.max(now, next.at);
    next.wake();
    jumpLater();
  };
  // An immediate runs when all that is not asleep has gone as far as it can without the clock.
  const jumpLater = () => {
    if (isJumping || sleepers.size === 0) return;
    isJumping = true;
    setImmediate(jump);
  };

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleeps.push(ms);
        const sleeper = {
          at: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            signal.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        if (signal.aborted) return resolve();
        sleepers.add(sleeper);
        signal.addEventListener('abort', sleeper.wake);
        jumpLater();
      }),
    sleeps,
    get asleep() {
      return sleepers.size;
    },
  };
}
