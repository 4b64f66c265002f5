import type { Failure } from '../failure.ts';
import type { Outcome } from '../outcome.ts';
import type { Pace } from '../pace/pace.ts';
import type { Clock } from '../ports.ts';
import type { Tenant } from '../tenant.ts';
import type { Attempt } from './attempt.ts';
import type { Candidate, PassedOver } from './candidate.ts';
import type { RetryPolicy } from './full-jitter.ts';
import type { HostHealth } from './host-health.ts';
import type { StopSwitch } from './stop-switch.ts';

/** Called for each event when it happens, before any further tenant is started. Must not throw. */
export interface FleetObserver {
  started(candidate: Candidate): void;
  /** `attempts` of this round have failed; the next one follows after `delayMs`. */
  retried(candidate: Candidate, attempts: number, delayMs: number, failure: Failure): void;
  /** `before` is the outcome of the tenant before this round. */
  finished(outcome: Outcome, before: Outcome | undefined): void;
}

/** The attempt at one tenant, and the limits, ports and observer of a fleet. */
export interface FleetOptions {
  /**
   * Attempts one tenant once. What it throws becomes a failure of that tenant. `onAnswer` is called when
   * the tenant's database server has answered a question.
   */
  readonly attempt: (tenant: Tenant, onAnswer: () => void) => Promise<Attempt>;
  /** Tenants at a time, altogether and on one database server. */
  readonly pace: Pace;
  /** The state of the database servers; default: nothing is known. */
  readonly health?: HostHealth | undefined;
  /**
   * Reads a tenant again that has waited for its first attempt since it was listed. If that fails, the tenant
   * is attempted as it was.
   */
  readonly refresh?: ((candidate: Candidate) => Promise<Candidate | PassedOver>) | undefined;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly stop: Pick<StopSwitch, 'signal' | 'stopped'>;
  readonly observer: FleetObserver;
}
