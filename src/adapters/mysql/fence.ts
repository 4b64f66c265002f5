import { type Connection, format, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../core/errors.ts';
import { query } from './query.ts';
import { describeSession, findSession } from './sessions.ts';

export interface TakeFenceOptions {
  readonly name: string;
  readonly waitSeconds: number;
  /** Statement that sets the session up, sent along. */
  readonly settings: string;
}

/**
 * Takes the advisory lock that keeps two migrators apart. It belongs to the connection: the server
 * frees it when the connection ends, but not while a statement of a vanished client still runs.
 * Throws `TenantBusy` (retryable), naming the holder, where it is not free within `waitSeconds`.
 */
export async function takeFence(
  connection: Connection,
  { name, waitSeconds, settings }: TakeFenceOptions,
): Promise<void> {
  // A negative time would wait for ever. NULL means that the server gave up: only 1 is success.
  const [, [row] = []] = await query<RowDataPacket[][]>(
    connection,
    `${settings};\nSELECT GET_LOCK(?, ?) AS taken`,
    [name, Math.max(0, waitSeconds)],
  );
  if (row?.taken !== 1) throw await fenceBusy(connection, name);
}

/** Statement that gives the fence back before the connection ends. */
export function releaseFence(name: string): string {
  return format('DO RELEASE_LOCK(?)', [name]);
}

async function fenceBusy(connection: Connection, name: string): Promise<FanfoldError> {
  const [row] = await query<RowDataPacket[]>(connection, 'SELECT IS_USED_LOCK(?) AS id', [name]);
  const id: number | null = row?.id ?? null;
  const holder = id === null ? undefined : await findSession(connection, id);
  const who = holder ? describeSession(holder) : id === null ? 'a session' : `connection ${id}`;
  return new FanfoldError('TenantBusy', `Another migrator holds this database's fence: ${who}.`, {
    fault: 'tenant',
    retryable: true,
    nextStep:
      'Wait for it to end. If its client is gone, the server frees the fence when the statement ends; KILL that connection only if you know what it runs.',
  });
}
