import type { RestStore } from '../../core/states/keep-rest.ts';
import { runKeys } from './run-keys.ts';

/** Migrations that outcomes leave out, in the bucket of the runs. Its client is loaded for the rare outcome that is cut. */
export function createOutcomeRests(bucket: string): RestStore {
  return {
    keyOf: ({ runId, ...place }) => runKeys(runId).outcomeRest(place),
    async write(key, rest) {
      const { putJson } = await import('./put-json.ts');
      await putJson(bucket, key, rest);
    },
  };
}
