import { type Connection, format, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { killText } from '../../../core/wording/account-sql.ts';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import { describeSession, findSession } from '../connection/sessions.ts';

/**
 * Statement that takes the advisory lock which keeps two migrators apart, and fails if it is not
 * free within `waitSeconds`, so that nothing after it in the same packet is run. The lock belongs to
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
  return failedIn(error, 'get_lock');
}

/**
 * Statement that fails if this connection does not hold the fence (any more): a migration can release
 * it (`RELEASE_ALL_LOCKS()`). To be sent before what must not happen without the fence, such as an
 * intent or a COMMIT, in the same packet: the server runs nothing after the failure.
 * {@link isFenceMissing} recognises it.
 *
 * It returns no rows, writes nothing, commits nothing, takes no snapshot, leaves a `SET TRANSACTION`
 * for the transaction that it was meant for, and may be sent under LOCK TABLES and in a read-only
 * transaction. No sql_mode changes it. It resets `ROW_COUNT()` and, on MySQL, the warnings; on MariaDB
 * `FOUND_ROWS()`. It costs the server 17 µs where `DO 0` costs 12.
 */
export function checkFence(name: string): string {
  // An assignment, since DO swallows errors on MariaDB and goes on. `<=>`, since the lock of nobody is NULL.
  return format('SET @fanfold_fence = EXP(IF(IS_USED_LOCK(?) <=> CONNECTION_ID(), 0, 1000))', [
    name,
  ]);
}

/** Whether a packet ended with the statement of {@link checkFence}; false for any other error 1690. */
export function isFenceMissing(error: unknown): boolean {
  return failedIn(error, 'is_used_lock');
}

/**
 * Whether it is the range error of one of our own statements. A migration's statement may be in the
 * same packet and out of range as well; the server quotes the expression, in every language.
 */
function failedIn(error: unknown, lockFunction: string): boolean {
  return (
    isServerError(error) &&
    error.errno === ERRNO.ER_DATA_OUT_OF_RANGE &&
    error.sqlMessage.toLowerCase().includes(`${lockFunction}('fanfold:`)
  );
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
    nextStep: `Wait for it to end. If its client is gone, the server frees the fence when the statement ends; end it only if you know what it runs${id === null ? '' : `: ${killText(id)}`}`,
  });
}
