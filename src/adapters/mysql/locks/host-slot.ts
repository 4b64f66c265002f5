import type { Connection, RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { query } from '../connection/query.ts';

/**
 * Takes one of `count` numbered advisory locks of the server, in one query and without waiting. The
 * connection's end frees it. Throws `TenantHostBusy` (retryable) where all are taken.
 */
export async function takeHostSlot(connection: Connection, count: number): Promise<void> {
  // CASE stops at the first that is free. Runners start at different numbers, so that they seldom ask
  // for the same one.
  const start = Math.floor(Math.random() * count);
  const names = Array.from({ length: count }, (_, i) => `fanfold-slot:${(start + i) % count}`);
  const attempts = names.map(() => 'WHEN GET_LOCK(?, 0) = 1 THEN 1').join(' ');
  const [row] = await query<RowDataPacket[]>(
    connection,
    `SELECT CASE ${attempts} ELSE 0 END AS taken`,
    names,
  );
  if (row?.taken === 1) return;
  throw new FanfoldError(
    'TenantHostBusy',
    `${count} tenant(s) are being migrated on this server already, as many as --max-per-host allows.`,
    { fault: 'tenant', retryable: true, nextStep: 'Wait, or raise --max-per-host.' },
  );
}
