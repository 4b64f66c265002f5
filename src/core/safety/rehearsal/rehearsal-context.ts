import type { Bundle, Migration } from '../../bundle/bundle.ts';
import type { RehearsalDatabases } from './rehearsal-ports.ts';
import type { RehearsalSeverities } from './rehearsal-rules.ts';

/** How much of a migration is rehearsed, and how bad each finding is. */
export interface RehearsalTerms {
  /** The most stops of one migration. */
  readonly mostStops: number;
  /** Chooses the stops if there are more. */
  readonly seed: number;
  readonly severities: RehearsalSeverities;
  /** Whether the shapes are read that killed attempts leave. Default false. */
  readonly readsStoppedShapes?: boolean | undefined;
  /** Rules that are allowed for one migration, by its id, each with the reason. */
  readonly allowed: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Everything that the checks of one migration share. */
export interface RehearsalContext extends RehearsalTerms {
  readonly databases: RehearsalDatabases;
  readonly migration: Migration;
  /** All migrations up to this one. */
  readonly bundle: Bundle;
  /** The same, read and evaluated anew: the code of another process. */
  readonly freshBundle: () => Promise<Bundle>;
}

/** The time of an undisturbed run in a rehearsal: a Friday at noon, UTC. */
export const FIRST_CLOCK = Date.UTC(2030, 2, 15, 12, 0, 0);

/** Another year, month, weekday, hour, minute and second. */
export const OTHER_CLOCK = Date.UTC(2031, 7, 25, 3, 41, 27);

/** An hour after a kill, by which somebody has run the command again. */
export const RESUMED_CLOCK = FIRST_CLOCK + 3_600_000;
