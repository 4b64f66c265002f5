import type { StoredBackfill } from '../backfill/backfill-progress.ts';
import { addOutcome, emptySummary } from '../reduce/add-outcome.ts';
import type { Summary } from '../reduce/summary.ts';
import type { TenantRef } from '../tenant.ts';
import type { TenantReading } from './tenant-reading.ts';

/** Tenants with the same newest migration that lack equally many. */
export interface FleetLevel {
  /** Newest applied migration; `null` if there is none. */
  readonly at: string | null;
  readonly pending: number;
  readonly tenants: number;
}

/** A tenant that lacks migrations. */
export interface BehindTenant {
  readonly tenant: TenantRef;
  readonly at: string | null;
  readonly pending: number;
}

/** The fold of all readings of a fleet. Its size grows with the bundle, not with the fleet. */
export interface FleetStatus {
  readonly total: number;
  readonly upToDate: number;
  readonly behind: number;
  /** The fewest pending first, then the newest. */
  readonly levels: readonly FleetLevel[];
  /** Those that are furthest behind, then by slug; at most {@link MOST_BEHIND}. */
  readonly behindTenants: readonly BehindTenant[];
  /** Tenants by the code of what was noted of them, such as `ahead`. */
  readonly notes: Summary['notes'];
  /** The pending backfills of all tenants; absent if there are none. */
  readonly backfills?: FleetBackfills | undefined;
  /** Tenants that could not be read, grouped by cause. */
  readonly unreadable: Pick<Summary, 'counts' | 'failures' | 'otherFailures'>;
}

/** The sum of the pending backfills of a fleet. */
export interface FleetBackfills {
  readonly tenants: number;
  /** Tenants in which one is running now. */
  readonly running: number;
  readonly rowsDone: number;
  /** Of those whose number is known, at least the rows that are done. */
  readonly rowsExpected: number;
  /** Rows a second of those that are running. */
  readonly rowsPerSecond: number;
}

/** Tenants that are named as being behind; the rest is counted. */
export const MOST_BEHIND = 20;

/** The status of a fleet of which nothing has been read yet. */
export function emptyFleetStatus(): FleetStatus {
  return {
    total: 0,
    upToDate: 0,
    behind: 0,
    levels: [],
    behindTenants: [],
    notes: {},
    unreadable: emptySummary(0),
  };
}

/** Adds the reading of one tenant. The result does not depend on the order. */
export function addReading(status: FleetStatus, reading: TenantReading): FleetStatus {
  const total = status.total + 1;
  const { notes, counts, failures, otherFailures } = addOutcome(
    { ...emptySummary(0), ...status.unreadable, notes: status.notes },
    asOutcome(reading),
  );
  const unreadable = { counts, failures, otherFailures };
  if (reading.status === 'unreadable') return { ...status, total, notes, unreadable };
  const backfills = addBackfills(status.backfills, reading.backfills);
  const { at, pending } = reading.standing;
  const levels = addLevel(status.levels, { at, pending: pending.length, tenants: 1 });
  const common = { ...status, total, notes, levels, ...(backfills && { backfills }) };
  if (pending.length === 0) return { ...common, upToDate: status.upToDate + 1 };
  const behindTenant = { tenant: reading.tenant, at, pending: pending.length };
  return {
    ...common,
    behind: status.behind + 1,
    behindTenants: addBehind(status.behindTenants, behindTenant),
  };
}

function addBackfills(
  sum: FleetBackfills | undefined,
  ofTenant: readonly StoredBackfill[] = [],
): FleetBackfills | undefined {
  if (ofTenant.length === 0) return sum;
  const { tenants, running, rowsDone, rowsExpected, rowsPerSecond } = sum ?? NO_BACKFILLS;
  const added = (of: (one: StoredBackfill) => number) =>
    ofTenant.reduce((total, one) => total + of(one), 0);
  return {
    tenants: tenants + 1,
    running: running + (ofTenant.some(({ isRunning }) => isRunning) ? 1 : 0),
    rowsDone: rowsDone + added((one) => one.rowsDone),
    rowsExpected: rowsExpected + added((one) => Math.max(one.rowsDone, one.rowsExpected ?? 0)),
    rowsPerSecond: rowsPerSecond + added((one) => (one.isRunning ? (one.rowsPerSecond ?? 0) : 0)),
  };
}

const NO_BACKFILLS: FleetBackfills = {
  ...{ tenants: 0, running: 0, rowsDone: 0, rowsExpected: 0, rowsPerSecond: 0 },
};

/** Unreadable tenants are grouped as a run groups its failures, and notes are counted likewise. */
function asOutcome(reading: TenantReading): Parameters<typeof addOutcome>[1] {
  const common = { tenant: reading.tenant, wave: 1, position: 0, tries: 1, durationMs: 0 };
  return reading.status === 'unreadable'
    ? { ...common, status: 'failed', failure: reading.failure, applied: [], notes: [] }
    : { ...common, status: 'planned', pending: reading.standing.pending, notes: reading.notes };
}

function addLevel(levels: readonly FleetLevel[], level: FleetLevel): readonly FleetLevel[] {
  const index = levels.findIndex(({ at, pending }) => at === level.at && pending === level.pending);
  const found = levels[index];
  if (found !== undefined) return levels.with(index, { ...found, tenants: found.tenants + 1 });
  return [...levels, level].sort(
    (a, b) => a.pending - b.pending || ((a.at ?? '') > (b.at ?? '') ? -1 : 1),
  );
}

function addBehind(
  tenants: readonly BehindTenant[],
  tenant: BehindTenant,
): readonly BehindTenant[] {
  const last = tenants.at(-1);
  if (tenants.length >= MOST_BEHIND && last !== undefined && isBefore(last, tenant)) return tenants;
  return [...tenants, tenant].sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, MOST_BEHIND);
}

function isBefore(a: BehindTenant, b: BehindTenant): boolean {
  if (a.pending !== b.pending) return a.pending > b.pending;
  return a.tenant.slug < b.tenant.slug;
}
