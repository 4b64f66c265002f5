import { type Bundle, bundleUpTo } from '../../bundle/bundle.ts';
import type { VaryingColumns } from './compare-rows.ts';
import type { DatabaseContents } from './database-contents.ts';
import type { FindingsList } from './findings-list.ts';
import { makeAttempt } from './make-attempt.ts';
import { seededRandom } from './plan-stops.ts';
import type { RehearsedMigration } from './rehearsal.ts';
import { FIRST_CLOCK, type RehearsalTerms } from './rehearsal-context.ts';
import type { RehearsalDatabase } from './rehearsal-ports.ts';
import { MOMENTS, type Stop } from './stop.ts';
import { differencesOf, differenceWords, tryStop } from './try-stop.ts';

/** Stops of the run of all migrations: each migration was stopped alone before. */
const MOST_STOPS = 6;

/** All migrations in one run, and how they have ended one by one. */
export interface TogetherGround {
  readonly database: RehearsalDatabase;
  readonly bundle: Bundle;
  readonly freshBundle: () => Promise<Bundle>;
  readonly start: DatabaseContents;
  readonly states: readonly DatabaseContents[];
  /** Migrations that were applied at the start. */
  readonly skipped: number;
  readonly rehearsed: readonly RehearsedMigration[];
  readonly varying: VaryingColumns;
  readonly terms: RehearsalTerms;
  /** The findings of the migration with this id. */
  readonly foundOf: (id: string) => FindingsList;
}

/** Applies all migrations in one run, and compares with one run for each. */
export async function rehearseTogether(ground: TogetherGround): Promise<void> {
  const last = ground.states.length - 1;
  const differences = await differencesUpTo(ground, last);
  if (differences.length === 0) return stopTogether(ground);
  // The first migration with a difference explains those after it.
  let [good, bad] = [-1, last];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if ((await differencesUpTo(ground, middle)).length === 0) good = middle;
    else bad = middle;
  }
  const id = ground.bundle.migrations[ground.skipped + bad]?.id ?? '';
  ground.foundOf(id).add('depends-on-run', await differencesUpTo(ground, bad));
}

/** The differences after the migrations up to a place, in one run. */
async function differencesUpTo(
  { database, bundle, start, states, skipped, varying }: TogetherGround,
  at: number,
): Promise<string[]> {
  const wanted = states[at];
  const id = bundle.migrations[skipped + at]?.id ?? '';
  const upTo = bundleUpTo(bundle, id);
  if (wanted === undefined || upTo === undefined) return [];
  await database.restore(start);
  const plan = { direction: 'up' as const, runId: 'rehearsal-together', clock: FIRST_CLOCK };
  const { attempt } = await makeAttempt(database, { ...plan, bundle: upTo });
  if (attempt.status === 'failed') return [`In one run: ${attempt.failure.message}`];
  return differencesOf(wanted, await database.read(), varying).map(differenceWords);
}

/** Kills the run of all at a few statements. */
async function stopTogether(ground: TogetherGround): Promise<void> {
  const { database, bundle, freshBundle, start, states, rehearsed, terms, foundOf } = ground;
  const wanted = states.at(-1);
  if (wanted === undefined || terms.mostStops === 0) return;
  const shared = {
    database,
    base: start,
    wanted,
    varying: ground.varying,
    plan: async (attempt: 'killed' | 'resumed') => ({
      bundle: attempt === 'killed' ? bundle : await freshBundle(),
      direction: 'up' as const,
      runId: 'rehearsal-together-stopped',
      clock: FIRST_CLOCK,
    }),
  };
  for (const stop of someStops(rehearsed, terms)) {
    const result = await tryStop(shared, stop);
    const rule =
      result.verdict === 'stuck'
        ? 'stuck-when-stopped'
        : result.verdict === 'wrong'
          ? 'wrong-when-stopped'
          : undefined;
    const found = foundOf(stop.migration);
    if (rule === undefined || found.has(rule)) continue;
    found.add(rule, [
      'In one run with the others:',
      ...('differences' in result ? result.differences : []),
      ...('reason' in result ? [result.reason] : []),
    ]);
  }
}

/** Stops at migrations without findings, whose end is known to be right. */
function someStops(
  rehearsed: readonly RehearsedMigration[],
  { seed, mostStops }: RehearsalTerms,
): Stop[] {
  const random = seededRandom(seed, 'together');
  const stops = rehearsed.flatMap(({ id, statements }) =>
    statements
      .filter(({ kind }) => kind === 'ddl' || kind === 'write')
      .flatMap(({ number }) =>
        MOMENTS.map((moment) => ({
          stop: { migration: id, statement: number, moment },
          place: random(),
        })),
      ),
  );
  return stops
    .sort((one, other) => one.place - other.place)
    .slice(0, Math.min(MOST_STOPS, mostStops))
    .map(({ stop }) => stop);
}
