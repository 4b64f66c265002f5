import { mergeSafety } from '../src/core/wire/merge-safety.ts';
import { parseRunRequest } from '../src/core/wire/parse-run-request.ts';
import type { RequestKeys } from './tenant-migrations-props.ts';

/** A request as JSON; throws `RequestInvalid` and names the prop that has it. */
export function requestText(where: string, request: RequestKeys | undefined): string | undefined {
  if (request === undefined) return undefined;
  if (request.command === 'rollback') {
    throw new Error(
      `In "${where}": "command" is "rollback"; what starts by itself must be "migrate" or "plan". A rollback is started by hand.`,
    );
  }
  // It would inherit that run's request each time, a rollback included, and fail once nothing is left.
  if (request.retryOf !== undefined) {
    throw new Error(
      `In "${where}": "retryOf" is ${JSON.stringify(request.retryOf)}; what starts by itself, again and again, cannot be about one earlier run. A retry is started by hand.`,
    );
  }
  try {
    parseRunRequest(request);
  } catch (error) {
    if (error instanceof Error) error.message = `In "${where}": ${error.message}`;
    throw error;
  }
  return JSON.stringify(request);
}

const TOLERANCES = ['toleratedFailureCount', 'toleratedFailurePercentage'];

/** The configuration's defaults, overridden by those of the construct; the two limits of failures count as one key. */
export function withDefaults(
  configured: RequestKeys,
  given: RequestKeys | undefined,
): RequestKeys | undefined {
  const hasLimit = TOLERANCES.some((key) => given?.[key] !== undefined);
  const kept = Object.entries(configured).filter(([key]) => !hasLimit || !TOLERANCES.includes(key));
  const all = { ...Object.fromEntries(kept), ...given, ...mergeSafety(configured, given) };
  return Object.keys(all).length === 0 ? undefined : all;
}
