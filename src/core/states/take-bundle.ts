import type { Bundle } from '../bundle/bundle.ts';
import { requestedBundle } from '../bundle/requested-bundle.ts';
import { FanfoldError } from '../errors.ts';
import type { RunRecord } from '../run-store.ts';
import type { RunBundle, StepRunStore } from './step-ports.ts';

/**
 * The bundle of a run's next round: the deployed one, if it has all migrations that the run began with, such
 * as after a migration was corrected or another one added. Throws `BundleOlder` if it has not, and
 * `MigrationUnknown` if the run begins with a `to` that is not deployed.
 */
export async function takeBundle(
  run: Pick<RunRecord, 'id' | 'request'>,
  deployed: Bundle,
  store: Pick<StepRunStore, 'readBundle' | 'writeBundle'>,
): Promise<RunBundle> {
  const before = await store.readBundle(run.id);
  const missing = (before?.migrations ?? []).filter(({ id }) => !deployed.knownIds.has(id));
  if (missing.length > 0) throw bundleOlder(missing.map(({ id }) => id));
  const { hash, migrations } = requestedBundle(deployed, run.request);
  const bundle = { hash, migrations: migrations.map(({ id, checksum }) => ({ id, checksum })) };
  if (before?.hash !== hash) await store.writeBundle(run.id, bundle);
  return bundle;
}

const MOST_NAMED = 3;

function bundleOlder(missing: readonly string[]): FanfoldError {
  const more = missing.length > MOST_NAMED ? `, and ${missing.length - MOST_NAMED} more` : '';
  return new FanfoldError(
    'BundleOlder',
    `What is deployed now lacks migrations that this run began with: ${missing.slice(0, MOST_NAMED).join(', ')}${more}.`,
    {
      fault: 'configuration',
      nextStep:
        'Deploy a build that has them, then retry the run. To continue without them, start a new run.',
    },
  );
}
