import type { Invocation } from '../../../lambdas/create-lambda.ts';
import type { Log, LogFields } from '../../../lambdas/log.ts';

/** An invocation with all the time of a function. */
export const INVOCATION: Invocation = { getRemainingTimeInMillis: () => 15 * 60_000 };

export interface KeptLog extends Log {
  readonly lines: readonly LogFields[];
}

/** A log that keeps its lines. */
export function keptLog(): KeptLog {
  const lines: LogFields[] = [];
  return {
    lines,
    info: (message, fields) => void lines.push({ level: 'info', message, ...fields }),
    error: (message, fields) => void lines.push({ level: 'error', message, ...fields }),
  };
}
