import { FanfoldError } from '../../../core/errors.ts';
import { type DatabaseAddress, serverName } from '../../../core/tenant.ts';
import { isConnectionLost } from '../connection/connection-lost.ts';
import { findServerError, messageForPeople } from '../connection/server-error.ts';
import { meaningOf } from '../connection/statement-errors.ts';

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
  const isFull = meaning?.code === 'ServerFull';
  return new FanfoldError(
    isFull ? meaning.code : 'BookkeepingFailed',
    `The migration tables of "${database}" cannot be used: ${messageForPeople(server, database)} (error ${server.errno}).`,
    {
      fault: 'tenant',
      nextStep: isFull
        ? meaning.nextStep
        : 'Give the tenant user all rights on its own database; check that knex_migrations and its lock table are as Knex made them.',
      retryable: meaning?.retryable ?? false,
    },
  );
}
