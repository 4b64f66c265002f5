import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 10_000;

/** Tells a line. */
export type Tell = (words: string) => void;

/**
 * Tells what is done, and every ten seconds how much of it. A count that fails, as on a busy server, is left out.
 *
 * @param count how much is done so far
 */
export async function usingProgress<Result>(
  { tell, words, total }: { readonly tell: Tell; readonly words: string; readonly total: number },
  count: () => number | Promise<number>,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  const over = new AbortController();
  tell(words);
  const telling = (async () => {
    for (;;) {
      await sleep(EVERY_MS, undefined, { signal: over.signal }).catch(() => {});
      if (over.signal.aborted) return;
      const done = await Promise.resolve(count()).catch(() => undefined);
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
      if (done !== undefined && !over.signal.aborted)
        tell(`  ${done} of ${total} after ${seconds} s`);
    }
  })();
  try {
    return await work();
  } finally {
    over.abort();
    await telling;
  }
}
