import type { Summary } from '../../core/reduce/summary.ts';
import type { Bucket } from './bucket.ts';
import { completeSummary } from './complete-summary.ts';
import { runKeys } from './run-keys.ts';
import { damaged, unreadable } from './run-store-error.ts';

/**
 * The summary of a run as it was last written; `undefined` where there is none yet. The stack that
 * wrote it may be of another version: what it does not count did not occur.
 */
export async function readSummary(
  bucket: Pick<Bucket, 'name' | 'readText'>,
  runId: string,
): Promise<Summary | undefined> {
  const key = runKeys(runId).summary;
  let text: string | undefined;
  try {
    text = await bucket.readText(key);
  } catch (error) {
    throw unreadable(bucket.name, error);
  }
  if (text === undefined) return undefined;
  try {
    return completeSummary(JSON.parse(text) as Summary);
  } catch (error) {
    throw damaged(bucket.name, key, 'is not the JSON it was', error);
  }
}
