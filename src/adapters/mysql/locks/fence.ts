import { type Connection, format, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { killText } from '../../../core/wording/account-sql.ts';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import { describeSession, findSession } from '../connection/sessions.ts';

/**
 * The statement that takes the fence, an advisory lock that keeps two migrators apart. It fails if the lock is
 * not free within `waitSeconds`, so nothing after it in the packet runs. The lock belongs to the connection:
 * the server releases it when the connection ends, but not while a statement of a vanished client still runs.
 */
export function takeFence(name: string, waitSeconds: number): string {
  // A negative time would wait forever. NULL means that the server gave up: only 1 is success. SQL has no
  // statement that fails, but a number out of range for EXP fails on every server.
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
 * The statement that fails if this connection does not hold the fence, which a migration can release
 * (`RELEASE_ALL_LOCKS()`). It precedes everything in a packet that must not happen without the fence, such as
 * an intent or a COMMIT: the server runs nothing after the failure.
 * {@link isFenceMissing} recognizes it.
 *
 * It returns no rows, writes nothing, commits nothing, takes no snapshot, does not use up a `SET TRANSACTION`,
 * and works under LOCK TABLES, in a read-only transaction and in every sql_mode. It resets `ROW_COUNT()`, on
 * MySQL the warnings, and on MariaDB `FOUND_ROWS()`. It costs the server 17 µs; `DO 0` costs 12 µs.
 */
export function checkFence(name: string): string {
  // An assignment, because DO ignores errors on MariaDB. `<=>`, because IS_USED_LOCK is NULL for a free lock.
  return format('SET @fanfold_fence = EXP(IF(IS_USED_LOCK(?) <=> CONNECTION_ID(), 0, 1000))', [
    name,
  ]);
}

/** Whether a packet ended with the statement of {@link checkFence}; false for any other error 1690. */
export function isFenceMissing(error: unknown): boolean {
  return failedIn(error, 'is_used_lock');
}

/**
 * Whether it is the range error of one of these statements. A migration's statement in the same packet may be
 * out of range too; the server quotes the expression in every language.
 */
function failedIn(error: unknown, lockFunction: string): boolean {
  return (
    isServerError(error) &&
    error.errno === ERRNO.ER_DATA_OUT_OF_RANGE &&
    error.sqlMessage.toLowerCase().includes(`${lockFunction}('fanfold:`)
  );
}

/** The statement that releases the fence before the connection ends. */
export function releaseFence(name: string): string {
  return format('DO RELEASE_LOCK(?)', [name]);
}

/** The `TenantBusy` error (retryable), which names the holder of the fence. */
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
