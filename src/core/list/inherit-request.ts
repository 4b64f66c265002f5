import type { RunRequest } from '../request.ts';
import { mergeGuards } from '../safety/guard/guard-settings.ts';
import { refuseContradictions } from '../wire/parse-run-request.ts';

/**
 * The request of a retry: that of the earlier run, except for keys that are given again. The earlier run's
 * `tenants` and `cause` are not inherited: a retry is about the tenants that remain of them. Nor is its
 * `ifRunning`: a schedule may leave the work to another run, but a retry is intended. Steps of a rollback are
 * counted from its first run on. Limits of `safety` are inherited one by one. Throws `RequestInvalid` if a
 * given key contradicts an inherited one.
 */
export function inheritRequest(
  earlier: RunRequest,
  retryOf: string,
  explicit: Partial<RunRequest> = {},
): RunRequest {
  const { tenants: _named, cause: _part, ifRunning: _start, ...inherited } = earlier;
  const named = Object.fromEntries(
    Object.entries(explicit).filter(([, value]) => value !== undefined),
  ) as Partial<RunRequest>;
  const tolerance = TOLERANCE.some((key) => key in named)
    ? // The two limits exclude each other: a new one replaces both.
      Object.fromEntries(TOLERANCE.map((key) => [key, undefined]))
    : {};
  const steps = earlier.steps === undefined ? {} : { stepsOf: earlier.stepsOf ?? retryOf };
  const safety = mergeGuards(earlier.safety, explicit.safety);
  const limits = safety === undefined ? {} : { safety };
  const request = { ...inherited, ...tolerance, ...named, ...steps, ...limits, retryOf };
  refuseContradictions(request);
  return request;
}

const TOLERANCE = ['toleratedFailureCount', 'toleratedFailurePercentage'] as const;
