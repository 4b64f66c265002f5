import { DEFAULT_DIGEST_LIMITS } from '../digests/compare-digests.ts';
import type { DigestStore, StoredReadings } from '../digests/digest-store.ts';
import {
  type DigestLook,
  lookAtDigests,
  type ReadTenantDigests,
  type WatchedTenant,
} from '../digests/look-at-digests.ts';
import type { DigestSnapshot } from '../digests/statement-digest.ts';
import type { TenantDirectory } from '../ports.ts';
import type { RunStore } from '../run-store.ts';
import type { CompareDigestsEvent, CompareDigestsResult } from '../wire/step-schemas.ts';

export interface CompareDigestsDependencies {
  readonly directory: Pick<TenantDirectory, 'findByIds'>;
  readonly store: Pick<RunStore, 'readRun'> & DigestStore;
  readonly read: ReadTenantDigests;
}

/**
 * Compares the statements of the wave before the one that is held, as its servers count them now, with those before
 * that wave. The first look begins the interval, and so does one after a redrive that asks for it. It decides
 * nothing: Watch holds the rollout, or does not.
 */
export async function compareWave(
  { execution, round, gate }: Omit<CompareDigestsEvent, 'step'>,
  { directory, store, read }: CompareDigestsDependencies,
): Promise<CompareDigestsResult> {
  const { name: runId, redriveCount } = execution;
  const { digestsAnew, ...rest } = gate;
  const wave = gate.wave - 1;
  const kept = await store.readReadings(runId, wave);
  const readings = kept && (digestsAnew ? { before: kept.before, start: NONE } : kept);
  const { watched, gone } = await watchedOf(readings, directory);
  const { watch } = (await store.readRun(runId)).request;
  const times = watch?.digestTimes ?? DEFAULT_DIGEST_LIMITS.times;
  const look = await lookAtDigests(watched, read, { times });
  if (look.hasBegun) await store.writeStart(runId, wave, startOf(watched));
  const digests = { ...foundBy(look), watched: watched.length + gone, redriveCount };
  return { round, gate: { ...rest, digests: { ...digests, unread: look.unread + gone } } };
}

const NONE: ReadonlyMap<string, DigestSnapshot> = new Map();

/** The tenants as their rows are now: a password may have been replaced. `gone`: those without a row. */
async function watchedOf(
  readings: StoredReadings | undefined,
  directory: Pick<TenantDirectory, 'findByIds'>,
): Promise<{ readonly watched: WatchedTenant[]; readonly gone: number }> {
  if (readings === undefined || readings.before.size === 0) return { watched: [], gone: 0 };
  const { before, start } = readings;
  const tenants = await directory.findByIds([...before.keys()]);
  const watched = tenants.flatMap((tenant): WatchedTenant[] => {
    const reading = before.get(tenant.id);
    if (reading === undefined) return [];
    return [{ tenant, before: reading, start: start.get(tenant.id) }];
  });
  return { watched, gone: before.size - watched.length };
}

function startOf(watched: readonly WatchedTenant[]): ReadonlyMap<string, DigestSnapshot> {
  return new Map(
    watched.flatMap(({ tenant, start }) => (start === undefined ? [] : [[tenant.id, start]])),
  );
}

function foundBy({ verdict, compared, unread, hasBegun }: DigestLook) {
  const message = verdict.isWell ? '' : verdict.message;
  return { isWell: verdict.isWell, message, compared, unread, hasBegun };
}
