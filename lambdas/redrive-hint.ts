import { isFanfoldError } from '../src/core/errors.ts';
import { TENANT_MIGRATIONS_FAILED } from '../src/core/wire/error-names.ts';
import { runCause } from '../src/core/wire/run-cause.ts';
import { ThrownError } from './thrown-error.ts';

/**
 * Settles a run. If tenants failed or were not reached, the error ends with the steps for the console, in which
 * people read a failed execution.
 */
export async function withRedriveHint<Result>(
  hint: string,
  settle: () => Promise<Result>,
): Promise<Result> {
  try {
    return await settle();
  } catch (error) {
    if (!isFanfoldError(error) || error.code !== TENANT_MIGRATIONS_FAILED) throw error;
    throw new ThrownError(error.code, runCause(error.message, hint));
  }
}

/** The steps in the console for a run whose tenants failed. */
export function redriveHint(runId: string): string {
  return `Fix the causes; if a migration is at fault, correct it and deploy. Then press Redrive: only tenants that failed or were not reached run again. After 14 days, or to retry in a run of its own, start an execution with {"retryOf": "${runId}"}.`;
}
