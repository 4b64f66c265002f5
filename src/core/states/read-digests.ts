import type { DigestStore } from '../digests/digest-store.ts';
import { type ReadTenantDigests, readBeforeWave } from '../digests/look-at-digests.ts';
import { watchedIds } from '../digests/watched-ids.ts';
import type { TenantDirectory } from '../ports.ts';
import type { RunStore } from '../run-store.ts';
import type { ReadDigestsEvent, ReadDigestsResult } from '../wire/step-schemas.ts';

export interface ReadDigestsDependencies {
  readonly directory: Pick<TenantDirectory, 'findByIds'>;
  readonly store: Pick<RunStore, 'readWave'> & Pick<DigestStore, 'keepBefore' | 'readReadings'>;
  readonly read: ReadTenantDigests;
}

/**
 * Keeps what the servers have counted of the statements of a wave's tenants, before the wave. Invoked again, also
 * after a redrive, it leaves the first readings as they are. Throws `DigestsUnavailable` if a server does not count
 * statements or does not show them: nothing was changed by then, and a redrive reads again.
 */
export async function readDigests(
  { execution, round }: Omit<ReadDigestsEvent, 'step'>,
  { directory, store, read }: ReadDigestsDependencies,
): Promise<ReadDigestsResult> {
  const { name: runId } = execution;
  const kept = await store.readReadings(runId, round.wave);
  if (kept !== undefined) return { watched: kept.before.size };
  const tenants = await directory.findByIds(await watchedIds(store, runId, round.wave));
  const active = tenants.filter(({ status }) => status === 'ACTIVE');
  const watched = await readBeforeWave(active, read);
  const readings = new Map(watched.map(({ tenant, before }) => [tenant.id, before]));
  await store.keepBefore(runId, round.wave, readings);
  return { watched: readings.size };
}
