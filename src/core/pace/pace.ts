import type { Attempt } from '../migrate/attempt.ts';
import type { Tenant } from '../tenant.ts';
import type { PaceReason } from './pace-reason.ts';
import { NO_THROTTLE, type Throttle } from './throttle.ts';

/** How many tenants a run attempts at a time, as of now. */
export interface Pace {
  /** Tenants at a time, on all hosts together; at least 1. */
  readonly limit: number;
  /** Tenants at a time on this host; at least 1. */
  limitOn(host: string): number;
  /** Whether a host has a limit of its own, so that hosts are served in turn. */
  readonly isByHost: boolean;
  /** Called when an attempt at a tenant begins. */
  begin(host: string, tenant: Tenant): PacedAttempt;
  /** The pace as it is reported; `undefined` if the request has fixed it. */
  readonly standing: PaceStanding | undefined;
  /** Calls the listener when the limit has changed from outside; returns the function that ends that. */
  onChange(listener: () => void): () => void;
}

/** An attempt that a pace learns from. */
export interface PacedAttempt {
  /** The database server has answered the first question. Only the first call counts. */
  answered(): void;
  ended(attempt: Attempt): void;
}

/** A pace as it is reported. */
export interface PaceStanding {
  /** Tenants at a time. */
  readonly atATime: number;
  /** Why it is not higher. */
  readonly why: PaceReason;
}

/** A pace that the request has fixed, and that only a throttle changes. */
export function fixedPace(
  limit: number,
  maxPerHost?: number,
  throttle: Throttle = NO_THROTTLE,
): Pace {
  const paced: PacedAttempt = { answered: () => {}, ended: () => {} };
  return {
    get limit() {
      return throttle.atATime ?? limit;
    },
    limitOn: () => maxPerHost ?? Number.POSITIVE_INFINITY,
    isByHost: maxPerHost !== undefined,
    begin: () => paced,
    get standing() {
      const { atATime } = throttle;
      return atATime === undefined ? undefined : ({ atATime, why: 'throttled' } as const);
    },
    onChange: (listener) => throttle.onChange(listener),
  };
}
