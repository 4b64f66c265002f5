import { FanfoldError } from '../../../core/errors.ts';
import { type DatabaseAddress, serverName } from '../../../core/tenant.ts';
import { isConnectionLost } from '../../server/connection-lost.ts';
import { findServerError, messageForPeople } from '../../server/server-error.ts';
import { isServerState, meaningOf } from '../../server/statement-errors.ts';

/** Explains an error of Fanfold's own queries outside of a migration; a `FanfoldError` is returned unchanged. */
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
        nextStep: "Check the database server's log, then run the command again.",
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
      `The server at ${serverName({ host, port })} cannot migrate "${database}" at the moment: ${said}.`,
      { fault: 'tenant', nextStep, retryable },
    );
  }
  return new FanfoldError(
    'BookkeepingFailed',
    `The migration tables of "${database}" cannot be used: ${said}.`,
    {
      fault: 'tenant',
      nextStep:
        'Grant the tenant user all privileges on its database; check that knex_migrations and its lock table still have their original columns.',
      retryable: meaning?.retryable ?? false,
    },
  );
}
