import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LoadOptions, LoadResult } from './open-loop-load.ts';

/** Runs `work` beside the load, in a thread of its own. */
export async function usingLoad(
  options: LoadOptions,
  work: () => Promise<void>,
): Promise<LoadResult> {
  const worker = new Worker(new URL('./open-loop-load.ts', import.meta.url), {
    workerData: options,
  });
  try {
    await once(worker, 'message');
    await work();
    worker.postMessage('stop');
    const [result] = (await once(worker, 'message')) as [LoadResult];
    return result;
  } finally {
    await worker.terminate();
  }
}
