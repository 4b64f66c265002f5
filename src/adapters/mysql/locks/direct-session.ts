import type { Connection } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';

/** The number of connection ids that fit into a greeting; the counters of some servers go further. */
const GREETED_IDS = 2 ** 32;

/**
 * The statement that fails behind a proxy that passes this connection's statements to other sessions: the
 * session's id then differs from the id in the greeting. Advisory locks, transactions and settings belong to
 * sessions, so none of Fanfold's guarantees would hold.
 *
 * It is a special expression because ProxySQL answers `SELECT CONNECTION_ID()` itself, with the id in its
 * greeting.
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

/** The `ConnectionMultiplexed` error. It is not retryable, because the address must change. */
export function multiplexed(): FanfoldError {
  return new FanfoldError(
    'ConnectionMultiplexed',
    'A proxy at this address passes statements on to other sessions (the connection id differs from the one in its greeting): everything that belongs to a session, such as the lock that keeps two migrators apart, would be unreliable.',
    {
      fault: 'tenant',
      ownWords: true,
      nextStep:
        'Point dbHost and dbPort of the tenant at the database server itself, not at RDS Proxy, ProxySQL, MaxScale, MySQL Router or another pooler; or run migrations on a machine on which that name resolves to the server.',
    },
  );
}
