import type { Migration } from '../bundle/bundle.ts';

/** What a person can say of a half-way migration. */
export const RESOLUTIONS = ['applied', 'retry', 'revert'] as const;

/**
 * - `applied`: all of it is there; it is recorded
 * - `retry`: nothing of it is there; its statements are forgotten, and the next run begins with the first
 * - `revert`: its `down` is run, and its statements are forgotten
 */
export type ResolutionKind = (typeof RESOLUTIONS)[number];

/** How a half-way migration stands, as somebody has said. */
export interface Resolution {
  readonly kind: ResolutionKind;
  /** Id of the migration. */
  readonly id: string;
  /** The migration, where the folder still has it; `revert` needs it. */
  readonly migration?: Migration | undefined;
  /** Name for `knex_migrations`, with extension. */
  readonly name: string;
  readonly batch: number;
  /** Who says so: a user of an operating system, and the host. */
  readonly by: string;
  readonly runId: string;
}
