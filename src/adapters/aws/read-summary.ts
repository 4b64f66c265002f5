import type { Summary } from '../../core/reduce/summary.ts';
import type { Bucket } from './bucket.ts';
import { completeSummary } from './complete-summary.ts';
import { runKeys } from './run-keys.ts';
import { damaged, unreadable } from './run-store-error.ts';

/**
 * Reads the latest summary of a run; `undefined` if there is none yet. A stack of another version may have
 * written it, so missing counts are filled in as zero. Throws `RunStoreUnreadable`.
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
    throw damaged(bucket.name, key, 'is not valid JSON', error);
  }
}
