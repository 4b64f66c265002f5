import { splitMigrationName } from '../../bundle/bundle.ts';
import type { AppliedMigration, Outcome } from '../../outcome.ts';
import type { MigrationCount, RunDetails } from './run-details.ts';
import { createSmallestKeys } from './smallest-keys.ts';

/** Migrations that are counted; of more, the first by name. */
export const MOST_MIGRATIONS = 200;

/** Counts in how many tenants each migration was applied, was rolled back or failed. */
export interface MigrationCounts {
  add(outcome: Outcome): void;
  result(): Pick<RunDetails, 'migrations' | 'migrationsLeftOut'>;
}

export function createMigrationCounts(): MigrationCounts {
  const migrations = createSmallestKeys<Counting>(MOST_MIGRATIONS);
  let leftOut = 0;
  const at = (id: string) =>
    migrations.at(id, () => ({
      applied: 0,
      reverted: 0,
      failed: 0,
      durationMs: 0,
      longestMs: 0,
    }));

  // Tenants may have recorded the same migration under different extensions.
  const count = (what: 'applied' | 'reverted', done: readonly AppliedMigration[] = []) => {
    for (const { name, durationMs } of done) {
      const counting = at(splitMigrationName(name).id);
      if (counting === undefined) continue;
      counting[what] += 1;
      counting.durationMs += durationMs;
      counting.longestMs = Math.max(counting.longestMs, durationMs);
    }
  };

  return {
    add(outcome) {
      if ('applied' in outcome) count('applied', outcome.applied);
      if ('reverted' in outcome) count('reverted', outcome.reverted);
      leftOut += (outcome.leftOut?.applied ?? 0) + (outcome.leftOut?.reverted ?? 0);
      const failed = outcome.status === 'failed' ? outcome.failure.migration : undefined;
      const counting = failed === undefined ? undefined : at(splitMigrationName(failed).id);
      if (counting !== undefined) counting.failed += 1;
    },
    result: () => ({
      migrations: migrations.entries().map(([name, counting]) => ({ name, ...counting })),
      ...(leftOut > 0 && { migrationsLeftOut: leftOut }),
    }),
  };
}

type Counting = { -readonly [Key in Exclude<keyof MigrationCount, 'name'>]: MigrationCount[Key] };
