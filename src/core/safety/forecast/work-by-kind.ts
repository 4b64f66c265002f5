import type { RatedKind } from './work-kind.ts';

/**
 * Statements of each kind, and the bytes that they go through, by `StatementForecast.bytes`; of `read` those that no
 * earlier statement of the tenant has gone through.
 */
export type WorkByKind = Readonly<
  Partial<Record<RatedKind, { readonly statements: number; readonly bytes: number }>>
>;

/** Megabytes that a migration goes through. */
export function megabytes({ read: _, ...work }: WorkByKind): number {
  return Object.values(work).reduce((sum, { bytes }) => sum + bytes, 0) / 1_000_000;
}
