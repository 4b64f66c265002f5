import { FanfoldError } from '../../core/errors.ts';

/** Whether AWS denied access; the run store has that as the cause of its error. */
export function isDenied(error: unknown): error is FanfoldError {
  if (!(error instanceof FanfoldError)) return false;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (DENIED.has(cause.name)) return true;
  }
  return false;
}

const DENIED = new Set(['AwsAccessDenied', 'AccessDenied', 'AccessDeniedException']);
