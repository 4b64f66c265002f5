import type { Connection } from 'mysql2';
import { FanfoldError } from '../../../../core/errors.ts';
import { isServerError } from '../../../server/server-error.ts';
import type { FenceState } from './fence-state.ts';
import { keepMessage } from './keep-message.ts';

/**
 * Turns an error into the one that plain mysql2 would throw, which contains only the migration's statement and not
 * the rest of the packet. The statement is remembered, so that reports can leave it out.
 */
export function plainError(
  state: FenceState,
  error: unknown,
  sql: string,
  bindings: readonly unknown[],
): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof FanfoldError) {
    keepMessage(error);
    return error;
  }
  const formatted = formatOn(state.connection, sql, bindings);
  state.failed.remember(sql, formatted);
  if (isServerError(error)) Object.assign(error, { sql: formatted });
  return error;
}

function formatOn(real: Connection, sql: string, bindings: readonly unknown[]): string {
  try {
    return real.format(sql, [...bindings]);
  } catch {
    return sql;
  }
}
