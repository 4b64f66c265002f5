import { AsyncLocalStorage } from 'node:async_hooks';
import { replaceGlobal } from './shared-globals.ts';

/** The time that code sees in a rehearsal: it starts at `from` and moves on by 1 ms each time it is asked. */
interface Clock {
  now: number;
}

const clocks = new AsyncLocalStorage<Clock>();

/**
 * Runs `work` while its code, and everything that it starts, sees another time. The time depends only on how often
 * the code asks, so that two runs of the same code see the same. Other code sees the real time.
 *
 * @param from milliseconds since 1970
 */
export function atTime<Result>(from: number, work: () => Promise<Result>): Promise<Result> {
  installClock();
  return clocks.run({ now: from }, work);
}

let isInstalled = false;

/** Replaces the global `Date` once: migrations read it, and so do the packages that they use. */
function installClock(): void {
  if (isInstalled) return;
  isInstalled = true;
  const RealDate = globalThis.Date;
  const now = (): number => {
    const clock = clocks.getStore();
    if (clock === undefined) return RealDate.now();
    clock.now += 1;
    return clock.now;
  };
  replaceGlobal(
    'Date',
    new Proxy(RealDate, {
      construct: (target, given: unknown[], newTarget) =>
        Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as Date,
      apply: () => new RealDate(now()).toString(),
      get: (target, name, receiver) =>
        name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown),
    }),
  );
}
