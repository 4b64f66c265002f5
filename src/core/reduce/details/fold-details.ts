import type { Outcome } from '../../outcome.ts';
import { createDurationBuckets } from './duration-buckets.ts';
import { createFailedTenants } from './failed-tenants.ts';
import { createHostCounts } from './host-counts.ts';
import { createMigrationCounts } from './migration-counts.ts';
import { kindOfOutcome } from './outcome-kind.ts';
import type { RunDetails } from './run-details.ts';
import { createSlowestTenants } from './slowest-tenants.ts';
import { createTimeBuckets } from './time-buckets.ts';
import { createWaveCounts } from './wave-counts.ts';

/** Takes outcomes, each tenant's last one once, in any order. */
export interface DetailsFold {
  add(outcome: Outcome): void;
  result(): RunDetails;
}

/** The details of a run of which nothing is known yet. It counts in place: a million outcomes take seconds. */
export function foldDetails(): DetailsFold {
  const times = createTimeBuckets();
  const durations = createDurationBuckets();
  const slowest = createSlowestTenants();
  const hosts = createHostCounts();
  const waves = createWaveCounts();
  const migrations = createMigrationCounts();
  const failed = createFailedTenants();
  return {
    add(outcome) {
      const at = finishedAt(outcome);
      const kind = kindOfOutcome(outcome);
      hosts.add(outcome);
      waves.add(outcome, at);
      migrations.add(outcome);
      if (at !== undefined) times.add(at, kind);
      if (outcome.tries > 0) {
        durations.add(outcome.durationMs, kind);
        slowest.add(outcome);
      }
      if (outcome.status === 'failed') failed.add(outcome);
    },
    result: () => ({
      timeline: times.result(),
      durations: durations.result(),
      slowest: slowest.result(),
      ...hosts.result(),
      waves: waves.result(),
      ...migrations.result(),
      failed: failed.result(),
    }),
  };
}

/** In milliseconds since 1970. */
function finishedAt(outcome: Outcome): number | undefined {
  if (outcome.finishedAt === undefined) return undefined;
  const at = Date.parse(outcome.finishedAt);
  return Number.isNaN(at) ? undefined : at;
}
