import { expect, it } from 'vitest';
import { type RunControl, watchControl } from '../../../src/core/backfill/run-control.ts';

/** A clock on which time passes only when it is told to. */
function manualClock() {
  let wake: (() => void)[] = [];
  return {
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        wake.push(resolve);
        signal.addEventListener('abort', () => resolve());
      }),
    async tick() {
      const waking = wake;
      wake = [];
      for (const each of waking) each();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('follows wishes within a tick, keeps them if the store fails, and ends with the run', async () => {
  let wish: RunControl | undefined;
  let reads = 0;
  const store = {
    readControl: async () => {
      reads++;
      if (wish?.pace === 0.9) throw new Error('the disk is gone');
      return wish;
    },
  };
  const clock = manualClock();
  const stop = new AbortController();
  const watch = watchControl(store, 'run', { clock, stop: stop.signal });
  await clock.tick();
  expect(watch.now).toEqual({ isPaused: false });
  await watch.resumed();

  wish = { isPaused: true, pace: 0.1 };
  await clock.tick();
  expect(watch.now).toEqual(wish);
  let isResumed = false;
  const resumed = watch.resumed().then(() => {
    isResumed = true;
  });
  await clock.tick();
  expect(isResumed).toBe(false);

  wish = { isPaused: false, pace: 0.1 };
  await clock.tick();
  await clock.tick();
  await resumed;
  wish = { isPaused: true, pace: 0.9 };
  await clock.tick();
  expect(watch.now).toEqual({ isPaused: false, pace: 0.1 });

  watch.end();
  await clock.tick();
  const before = reads;
  await clock.tick();
  expect(reads).toBe(before);
});
