import type { Migration } from '../bundle/bundle.ts';

/** The decisions that a person can make about a half-applied migration. */
export const RESOLUTIONS = ['applied', 'retry', 'revert'] as const;

/**
 * - `applied`: all of it is there; it is recorded
 * - `retry`: nothing of it is there; its statements are forgotten, and the next run begins with the first
 * - `revert`: its `down` is run, and its statements are forgotten
 */
export type ResolutionKind = (typeof RESOLUTIONS)[number];

/**
 * Confirms that somebody has done by hand what the table of statements showed as open: `all` of it, or also
 * the numbered statements, although the database does not show their effects.
 */
export type ByHand = 'all' | readonly number[];

/** A person's decision about a half-applied migration. */
export interface Resolution {
  readonly kind: ResolutionKind;
  /** Set if no code is run, and the database is assumed to be as the person says. */
  readonly byHand?: ByHand | undefined;
  /** Id of the migration. */
  readonly id: string;
  /** The migration, if the folder still has it; `revert` needs it. */
  readonly migration?: Migration | undefined;
  /** Name for `knex_migrations`, with extension. */
  readonly name: string;
  readonly batch: number;
  /** The person who decided: a user of an operating system, and the host. */
  readonly by: string;
  readonly runId: string;
}
