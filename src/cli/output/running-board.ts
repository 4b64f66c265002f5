import type { BackfillProgress } from '../../core/backfill/backfill-progress.ts';
import type { RunningSession } from '../../core/migrate/running-session.ts';
import type { OnlineProgress } from '../../core/safety/online/online-progress.ts';
import type { FleetBackfills } from '../../core/status/fleet-status.ts';
import type { TenantRef } from '../../core/tenant.ts';

/** The progress of work that may take hours. */
export type LongProgress = BackfillProgress | OnlineProgress;

/** A tenant in progress. */
export interface RunningTenant {
  readonly tenant: TenantRef;
  /** Milliseconds since its first attempt of this round began. */
  readonly ageMs: number;
  /** Milliseconds until the next attempt, while it waits for one. */
  readonly againInMs: number | undefined;
  /** The last known state of its session. */
  readonly session: RunningSession | undefined;
  /** How far its backfill or its online change has come, if one runs. */
  readonly progress: LongProgress | undefined;
}

/** The tenants in progress, and the last known state of each. */
export interface RunningBoard {
  started(tenant: TenantRef): void;
  retried(tenant: TenantRef, delayMs: number): void;
  /** Also accepts tenants that were never started. */
  finished(tenant: TenantRef): void;
  saw(tenantId: string, session: RunningSession | undefined): void;
  /** A backfill or an online change of the tenant has come further. */
  progressed(tenant: TenantRef, progress: LongProgress): void;
  /** The sum of the backfills that run, by what each has told. */
  readonly backfills: Omit<FleetBackfills, 'tenants'>;
  readonly count: number;
  /** The tenants that have run longest, longest first. */
  longest(most: number): RunningTenant[];
}

interface Kept {
  readonly tenant: TenantRef;
  readonly since: number;
  againAt: number;
  session: RunningSession | undefined;
  progress?: LongProgress;
}

/** A board over a clock in milliseconds. */
export function createRunningBoard(now: () => number): RunningBoard {
  /** In the order in which they started. */
  const running = new Map<string, Kept>();

  return {
    started(tenant) {
      running.set(tenant.id, { tenant, since: now(), againAt: 0, session: undefined });
    },
    retried({ id }, delayMs) {
      const kept = running.get(id);
      if (kept === undefined) return;
      kept.againAt = now() + delayMs;
      kept.session = undefined;
    },
    finished({ id }) {
      running.delete(id);
    },
    saw(id, session) {
      const kept = running.get(id);
      if (kept !== undefined) kept.session = session;
    },
    progressed({ id }, progress) {
      const kept = running.get(id);
      if (kept !== undefined) kept.progress = progress;
    },
    get backfills() {
      const all = [...running.values()].flatMap(({ progress }) =>
        progress === undefined || 'program' in progress ? [] : progress,
      );
      const sum = (of: (one: BackfillProgress) => number) =>
        all.reduce((total, one) => total + of(one), 0);
      return {
        running: all.length,
        rowsDone: sum((one) => one.rowsDone),
        rowsExpected: sum((one) => Math.max(one.rowsDone, one.rowsExpected ?? 0)),
        rowsPerSecond: sum((one) => one.rowsPerSecond ?? 0),
      };
    },
    get count() {
      return running.size;
    },
    longest(most) {
      const at = now();
      const first: Kept[] = [];
      for (const kept of running.values()) {
        if (first.length === most) break;
        first.push(kept);
      }
      return first.map(({ tenant, since, againAt, session, progress }) => ({
        tenant,
        ageMs: at - since,
        againInMs: againAt > at ? againAt - at : undefined,
        session,
        progress,
      }));
    },
  };
}
