/**
 * The pending migrations that a run takes: `schema` all but backfills, `backfills` only those, `all` both.
 * Schema changes take milliseconds or seconds each and may be needed by a deployment; backfills take hours.
 */
export type Phase = 'schema' | 'backfills' | 'all';

export const PHASES = ['schema', 'backfills', 'all'] as const satisfies readonly Phase[];

/** The phase of a run that names none: a deployment must not wait for backfills. */
export const DEFAULT_PHASE: Phase = 'schema';

/** Backfills at a time on one server, unless a request says otherwise: all its tenants share its disks. */
export const BACKFILLS_PER_HOST = 1;
