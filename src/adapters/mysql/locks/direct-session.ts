import type { Connection } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';

/** The greeting of a server has room for so many connection ids; the counter of some goes further. */
const GREETED_IDS = 2 ** 32;

/**
 * Statement that fails if a proxy stands between, which hands this connection's statements to sessions
 * of its own: the session's id is then not the one that the greeting named. Advisory locks,
 * transactions and settings belong to sessions, so nothing that Fanfold promises would hold.
 *
 * An expression of its own, since ProxySQL answers `SELECT CONNECTION_ID()` itself, with the id that it
 * greeted with.
 */
export function checkDirect({ threadId }: Pick<Connection, 'threadId'>): string {
  return `SET @fanfold_session = EXP(IF(CONNECTION_ID() % ${GREETED_IDS} = ${Number(threadId)}, 0, 1000))`;
}

/** Whether a packet ended with the statement of {@link checkDirect}. */
export function isMultiplexed(error: unknown): boolean {
  return (
    isServerError(error) &&
    error.errno === ERRNO.ER_DATA_OUT_OF_RANGE &&
    new RegExp(`connection_id\\(\\) (?:%|mod) ${GREETED_IDS}`, 'i').test(error.sqlMessage)
  );
}

/** `ConnectionMultiplexed`: not to be tried again, the address has to be another one. */
export function multiplexed(): FanfoldError {
  return new FanfoldError(
    'ConnectionMultiplexed',
    'A proxy answers at this address and passes statements on to sessions of its own (the connection id is not the one it greeted with): what belongs to a session, such as the lock that keeps two migrators apart, would not hold.',
    {
      fault: 'tenant',
      ownWords: true,
      nextStep:
        'Point dbHost and dbPort of the tenant at the database server itself, not at RDS Proxy, ProxySQL, MaxScale, MySQL Router or another pooler; or run migrations where that name resolves to the server.',
    },
  );
}
