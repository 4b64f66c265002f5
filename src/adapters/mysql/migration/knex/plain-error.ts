import type { Connection } from 'mysql2';
import { FanfoldError } from '../../../../core/errors.ts';
import { isServerError } from '../../../server/server-error.ts';
import type { FenceState } from './fence-state.ts';
import { keepMessage } from './keep-message.ts';

/**
 * An error as mysql2 would have thrown it, with the migration's statement alone; what else was in the
 * packet is nobody's business. The statement is remembered, so that failures can be told without it.
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
