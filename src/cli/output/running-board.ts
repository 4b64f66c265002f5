import type { RunningSession } from '../../core/running-session.ts';
import type { TenantRef } from '../../core/tenant.ts';

/** A tenant that is under way. */
export interface RunningTenant {
  readonly tenant: TenantRef;
  /** Milliseconds since its first attempt of this round began. */
  readonly ageMs: number;
  /** Until the next attempt, while it waits for that. */
  readonly againInMs: number | undefined;
  /** Its session, as it was seen last. */
  readonly session: RunningSession | undefined;
}

/** Who is under way, and what was seen of them. */
export interface RunningBoard {
  started(tenant: TenantRef): void;
  retried(tenant: TenantRef, delayMs: number): void;
  /** Is told of tenants that were never started, too. */
  finished(tenant: TenantRef): void;
  saw(tenantId: string, session: RunningSession | undefined): void;
  readonly count: number;
  /** Those that run longest, from the longest on. */
  longest(most: number): RunningTenant[];
}

interface Kept {
  readonly tenant: TenantRef;
  readonly since: number;
  againAt: number;
  session: RunningSession | undefined;
}

/** A board over a clock in milliseconds. */
export function createRunningBoard(now: () => number): RunningBoard {
  /** In the order in which they began. */
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
      return first.map(({ tenant, since, againAt, session }) => ({
        tenant,
        ageMs: at - since,
        againInMs: againAt > at ? againAt - at : undefined,
        session,
      }));
    },
  };
}
