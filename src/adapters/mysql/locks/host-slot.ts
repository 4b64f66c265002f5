import { type Connection, format, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { queryInTurn } from '../connection/query-in-turn.ts';
import { checkDirect, isMultiplexed, multiplexed } from './direct-session.ts';
import { fenceUnsupported, isFenceUnsupported } from './fence-unsupported.ts';

/** Time for the server to notice that a connection has ended. */
const MOMENT_SECONDS = 1;

/**
 * Takes one of `count` numbered advisory locks of the server, in one packet. The server releases it at the end of the
 * connection, which it may notice a moment after the next tenant has begun: the last of them is waited for so long. Throws `TenantHostBusy` (retryable) if all are taken, and
 * `ConnectionMultiplexed` behind a proxy, whose sessions would keep the lock.
 */
export async function takeHostSlot(connection: Connection, count: number): Promise<void> {
  // CASE stops at the first free slot. Runners start at random numbers, so they rarely compete for one.
  const start = Math.floor(Math.random() * count);
  const names = Array.from({ length: count }, (_, i) => `fanfold-slot:${(start + i) % count}`);
  const wait = (index: number) => (index === count - 1 ? MOMENT_SECONDS : 0);
  const attempts = names.map((_, index) => `WHEN GET_LOCK(?, ${wait(index)}) = 1 THEN 1`).join(' ');
  const sent = await queryInTurn(connection, [
    checkDirect(connection),
    format(`SELECT CASE ${attempts} ELSE 0 END AS taken`, names),
  ]);
  if ('error' in sent) {
    if (isMultiplexed(sent.error)) throw multiplexed();
    throw isFenceUnsupported(sent.error) ? fenceUnsupported(sent.error) : sent.error;
  }
  const [, rows] = sent.answers as [unknown, RowDataPacket[]];
  if (rows[0]?.taken === 1) return;
  throw new FanfoldError(
    'TenantHostBusy',
    `${count} tenant(s) are already being migrated on this server, the maximum of --max-per-host.`,
    { fault: 'tenant', retryable: true, nextStep: 'Wait, or raise --max-per-host.' },
  );
}
