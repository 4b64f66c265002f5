import { type Connection, format, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { query } from '../connection/query.ts';
import { isServerError } from '../connection/server-error.ts';
import { describeSession, findSession } from '../connection/sessions.ts';

/** ER_DATA_OUT_OF_RANGE */
const OUT_OF_RANGE = 1690;

/**
 * Statement that takes the advisory lock which keeps two migrators apart, and fails where it is not
 * free within `waitSeconds`, so that nothing behind it in the same packet is run. The lock belongs to
 * the connection: the server frees it when the connection ends, but not while a statement of a
 * vanished client still runs.
 */
export function takeFence(name: string, waitSeconds: number): string {
  // A negative time would wait for ever. NULL means that the server gave up: only 1 is success. SQL has
  // no word for failing; a number that is out of range for EXP does it on every server.
  return format('SELECT EXP(IF(GET_LOCK(?, ?) = 1, 0, 1000)) AS taken', [
    name,
    Math.max(0, waitSeconds),
  ]);
}

/** Whether a packet ended with the statement of {@link takeFence}. */
export function isFenceNotFree(error: unknown): boolean {
  return isServerError(error) && error.errno === OUT_OF_RANGE;
}

/** Statement that gives the fence back before the connection ends. */
export function releaseFence(name: string): string {
  return format('DO RELEASE_LOCK(?)', [name]);
}

/** `TenantBusy` (retryable), naming who holds the fence. */
export async function fenceBusy(connection: Connection, name: string): Promise<FanfoldError> {
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
