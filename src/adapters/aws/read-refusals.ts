import type { Refusal } from '../../core/safety/gate/refusals.ts';
import { refusalSchema } from '../../core/wire/step-schemas.ts';
import type { Bucket } from './bucket.ts';
import { readManifests } from './result-files.ts';
import { resultFileDamaged } from './run-store-error.ts';

/**
 * Reads the refusals that the batches of the last Map Run have written under a prefix; `undefined` if it has written
 * nothing. Lines of batches that failed hold none. Throws `ResultFileDamaged`.
 */
export async function readRefusals(bucket: Bucket, prefix: string): Promise<Refusal[] | undefined> {
  const [newest] = await readManifests(bucket, `${prefix}/`);
  if (newest === undefined) return undefined;
  const refusals: Refusal[] = [];
  for (const key of newest.files) {
    for await (const line of bucket.readLines(key)) {
      const parsed = refusalSchema.safeParse(jsonOf(line, bucket.name, key));
      if (parsed.success) refusals.push(parsed.data);
    }
  }
  return refusals;
}

function jsonOf(line: string, bucket: string, key: string): unknown {
  if (line === '') return undefined;
  try {
    return JSON.parse(line);
  } catch (error) {
    throw resultFileDamaged(bucket, key, 'has a line that is not JSON', error);
  }
}
