import type { StatementStanding } from '../../half-applied.ts';
import type { TenantRef } from '../../tenant.ts';
import type { KindCounts } from './outcome-kind.ts';

/**
 * A run seen more closely than by its summary, for the report: a fold of the same outcomes, whose result
 * does not depend on their order and whose size does not grow with the fleet.
 */
export interface RunDetails {
  /** Absent if no outcome has a time, as in runs of an earlier version. */
  readonly timeline?: Timeline | undefined;
  /** Time spent in attempts, by tenant; the shortest first. */
  readonly durations: readonly DurationBucket[];
  /** The ten that took longest. */
  readonly slowest: readonly SlowTenant[];
  /** Hosts with failures first, then those with most tenants. */
  readonly hosts: readonly HostCount[];
  /** Tenants on hosts that found no room among them. */
  readonly otherHosts?: HostTally | undefined;
  readonly waves: readonly WaveCount[];
  /** In order of their names. */
  readonly migrations: readonly MigrationCount[];
  /** Applied or rolled back migrations, over all tenants, that outcomes leave out of their lists; absent for none. */
  readonly migrationsLeftOut?: number | undefined;
  /** The failed tenants of each cause, by fingerprint. */
  readonly failed: readonly FailedOfCause[];
}

/** Outcomes by the time at which they were known, in buckets of equal width without gaps. */
export interface Timeline {
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly bucketMs: number;
  readonly buckets: readonly KindCounts[];
}

/** Tenants that took less than `belowMs`, and not less than the bucket before. */
export interface DurationBucket {
  readonly belowMs: number;
  readonly counts: KindCounts;
}

export interface SlowTenant {
  readonly tenant: TenantRef;
  readonly kind: keyof KindCounts;
  readonly durationMs: number;
  readonly tries: number;
  /** The migration that took most of it. */
  readonly longest?: { readonly name: string; readonly durationMs: number } | undefined;
}

export interface HostTally {
  readonly counts: KindCounts;
  /** Tenants that were attempted, and the time that they took together. */
  readonly attempted: number;
  readonly durationMs: number;
  readonly longestMs: number;
}

export interface HostCount extends HostTally {
  /** As people write it. */
  readonly host: string;
}

export interface WaveCount {
  /** From 1. */
  readonly wave: number;
  readonly counts: KindCounts;
  /** When its first tenant was begun and its last one was through; ISO 8601, UTC. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A migration as the run applied it or rolled it back. */
export interface MigrationCount {
  readonly name: string;
  /** Tenants in which it was applied; also in those that failed later. */
  readonly applied: number;
  readonly reverted: number;
  /** Tenants in which it failed. */
  readonly failed: number;
  /** Time that the applied and reverted ones took together, and the longest of them. */
  readonly durationMs: number;
  readonly longestMs: number;
}

/** The failed tenants of one cause, the first ones by slug. */
export interface FailedOfCause {
  readonly fingerprint: string;
  readonly tenants: readonly FailedTenant[];
}

export interface FailedTenant {
  readonly tenant: TenantRef;
  readonly wave: number;
  readonly tries: number;
  readonly durationMs: number;
  /** If it differs from that of the first tenant of the cause, and not only by names of the tenant. */
  readonly message?: string | undefined;
  /** Migrations that were applied before the failure and stay so: how many, and the newest of them. */
  readonly applied: NamedCount;
  readonly reverted?: NamedCount | undefined;
  /** Equal for tenants whose half-applied migrations have the same standings. */
  readonly standing?: string | undefined;
  /** Kept for the first tenants of a cause. */
  readonly statements?: readonly StatementStanding[] | undefined;
}

export interface NamedCount {
  readonly count: number;
  readonly names: readonly string[];
}
