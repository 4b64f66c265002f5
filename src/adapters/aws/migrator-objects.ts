import type { ControlStore, RunControl } from '../../core/backfill/run-control.ts';
import type { RestStore } from '../../core/states/keep-rest.ts';
import type { JsonObjects } from './json-objects.ts';
import { runKeys } from './run-keys.ts';

/** The objects of a run that the migrator reads or writes. */
export type MigratorObjects = RestStore & Pick<ControlStore, 'readControl'>;

/** Most tenants need none of these objects, so that the client of S3 is loaded for the first one that does. */
export function createMigratorObjects(bucket: string): MigratorObjects {
  let opening: Promise<JsonObjects> | undefined;
  const objects = () => {
    opening ??= import('./json-objects.ts').then(({ createJsonObjects }) =>
      createJsonObjects(bucket),
    );
    return opening;
  };
  return {
    keyOf: ({ runId, ...place }) => runKeys(runId).outcomeRest(place),
    write: async (key, rest) => (await objects()).write(key, rest),
    readControl: async (runId) =>
      (await (await objects()).read(runKeys(runId).control)) as RunControl,
  };
}
