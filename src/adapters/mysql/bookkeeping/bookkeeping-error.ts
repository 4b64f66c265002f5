import { FanfoldError } from '../../../core/errors.ts';
import { type DatabaseAddress, serverName } from '../../../core/tenant.ts';
import { isConnectionLost } from '../../server/connection-lost.ts';
import { findServerError, messageForPeople } from '../../server/server-error.ts';
import { isServerState, meaningOf } from '../../server/statement-errors.ts';

/** Explains an error of our own queries, outside of any migration; what is explained already stays as it is. */
export function bookkeepingError(
  error: unknown,
  { host, port, database }: DatabaseAddress,
): unknown {
  if (error instanceof FanfoldError) return error;
  if (isConnectionLost(error)) {
    return new FanfoldError(
      'ConnectionLost',
      `The connection to ${serverName({ host, port })} was lost.`,
      {
        fault: 'tenant',
        retryable: true,
        nextStep: "Look at the database server's log; run it again.",
      },
    );
  }
  const server = findServerError(error);
  if (server === undefined) return error;
  const meaning = meaningOf(server);
  const said = `${messageForPeople(server, database)} (error ${server.errno})`;
  if (meaning !== undefined && isServerState(meaning)) {
    const { code, nextStep, retryable = false } = meaning;
    return new FanfoldError(
      code,
      `The server at ${serverName({ host, port })} is in no state to migrate "${database}": ${said}.`,
      { fault: 'tenant', nextStep, retryable },
    );
  }
  return new FanfoldError(
    'BookkeepingFailed',
    `The migration tables of "${database}" cannot be used: ${said}.`,
    {
      fault: 'tenant',
      nextStep:
        'Give the tenant user all rights on its own database; check that knex_migrations and its lock table are as Knex made them.',
      retryable: meaning?.retryable ?? false,
    },
  );
}
