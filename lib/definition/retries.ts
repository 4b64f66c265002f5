import {
  LAMBDA_CRASHED,
  LAMBDA_NOT_READY,
  LAMBDA_TRANSIENT,
  STEP_UNAVAILABLE,
  TENANT_FAILED_RETRYABLE,
} from '../../src/core/wire/error-names.ts';
import type { Retrier } from './states-language.ts';

/**
 * A function that Lambda has yet to prepare. Without jitter, since the time is what helps: 5, 10, 20, 40
 * and four times 60 s are five minutes, and waking an inactive function in a VPC takes up to some.
 */
const notReady: Retrier = {
  ...retrier(LAMBDA_NOT_READY, { attempts: 8, interval: 5, longest: 60 }),
  JitterStrategy: 'NONE',
};

/**
 * Errors that every step may meet. With full jitter the delays are 0 to 2, 4, 8, 16, 32, 60, 60 and 60 s:
 * two minutes on average, and four at the most, for a throttled or unreachable service to recover.
 */
export const stepRetries: readonly Retrier[] = [
  retrier([...LAMBDA_TRANSIENT, STEP_UNAVAILABLE], { attempts: 8, interval: 2, longest: 60 }),
  notReady,
  // A step that ran out of time or memory does so again, unless its environment was at fault.
  retrier(LAMBDA_CRASHED, { attempts: 2, interval: 2, longest: 60 }),
];

/**
 * Errors of a batch of the probe, whose child execution has five minutes: 0 to 1, 2, 4 and 8 s, or as long as that for
 * a function that is not ready. A batch that fails all the same costs an attempt at each of its tenants, and nothing else.
 */
export const probeRetries: readonly Retrier[] = [
  retrier([...LAMBDA_TRANSIENT, STEP_UNAVAILABLE], { attempts: 4, interval: 1, longest: 8 }),
  notReady,
];

/**
 * Errors of a batch of which shapes are read, in a child execution of five minutes too. A batch that fails ends the run, so
 * that an account with a low quota gets more time: 0 to 1, 2, 4, 8, 16 and 20 s, half of 51 s on average. A killed function
 * may have been its environment's fault.
 */
export const shapeRetries: readonly Retrier[] = [
  retrier([...LAMBDA_TRANSIENT, STEP_UNAVAILABLE], { attempts: 6, interval: 1, longest: 20 }),
  notReady,
  retrier(LAMBDA_CRASHED, { attempts: 1, interval: 2, longest: 2 }),
];

/** Errors of an attempt at one tenant. */
export const tenantRetries: readonly Retrier[] = [
  // 0 to 5, 10, 20, 40 and 60 s: about a minute on average, for a failover of the database server.
  retrier([TENANT_FAILED_RETRYABLE], { attempts: 5, interval: 5, longest: 60 }),
  // An account whose quota is below maxConcurrency throttles all the time: half of 0 to 1, 2, 4, 8,
  // 16, 32 and then thirteen times 60 s is seven minutes on average before a tenant is given up.
  retrier(LAMBDA_TRANSIENT, { attempts: 19, interval: 1, longest: 60 }),
  notReady,
  // The statement may still be running in the server; the next attempt waits for its fence.
  retrier(LAMBDA_CRASHED, { attempts: 2, interval: 10, longest: 60 }),
];

/**
 * Errors of ECS before a task has begun: requests that are throttled or fail there, and Fargate without capacity, of which the
 * last has the name `AmazonECS.Unknown`. Half of 0 to 10, 20, 40, 80, 160 and then five times 300 s is 15 minutes. A task that
 * has begun and fails is an error of another name, and is not started again: it has retried what may succeed.
 */
export const onlineTaskRetries: readonly Retrier[] = [
  retrier(['ECS.AmazonECSException', 'ECS.ServerException', 'AmazonECS.Unknown'], {
    ...{ attempts: 10, interval: 10, longest: 300 },
  }),
];

function retrier(
  errors: readonly string[],
  how: { readonly attempts: number; readonly interval: number; readonly longest: number },
): Retrier {
  return {
    ErrorEquals: errors,
    IntervalSeconds: how.interval,
    BackoffRate: 2,
    MaxDelaySeconds: how.longest,
    MaxAttempts: how.attempts,
    JitterStrategy: 'FULL',
  };
}
