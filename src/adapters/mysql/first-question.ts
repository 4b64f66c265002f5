import type { Connection } from 'mysql2';
import { FanfoldError } from '../../core/errors.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import { serverName } from '../../core/tenant.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { cutOffGarbage, Garbage } from './connection/cut-off-garbage.ts';
import { query } from './connection/query.ts';

/** Far more than the rows of any history of migrations; read, it takes up to thirty times as much. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Asks the first question on a connection. If the answer does not come in time, a second connection finds
 * out who is silent: the whole server, or only this database, in which somebody has locked the tables.
 */
export async function askFirst<Answer>(
  connection: Connection,
  login: ConnectionLogin,
  options: ConnectionOptions,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const lift = cutOffGarbage(connection, MOST_BYTES);
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Garbage) throw endless(login);
    if ((error as { code?: unknown } | null)?.code !== 'PROTOCOL_SEQUENCE_TIMEOUT') throw error;
    // Throws what it is by itself if the server greets nobody any more.
    await usingConnection(login, options, (second) =>
      query(second, 'DO 1', [], options.connectTimeoutMs),
    ).catch((cause) => {
      throw cause instanceof FanfoldError ? cause : silent(login);
    });
    throw locked(login);
  } finally {
    lift();
  }
}

function silent(login: ConnectionLogin): FanfoldError {
  return new FanfoldError(
    'ConnectionTimedOut',
    `${serverName(login)} takes logins and then answers nothing.`,
    {
      fault: 'tenant',
      nextStep: "Look at the database server's log, and at its load and disks.",
      retryable: true,
      ownWords: true,
    },
  );
}

function locked(login: ConnectionLogin): FanfoldError {
  return new FanfoldError(
    'BookkeepingFailed',
    `The migration tables of "${login.database}" could not be read in time, although the server answers: somebody has locked them.`,
    {
      fault: 'tenant',
      nextStep: 'See who is in the way: `fanfold migrate:doctor <tenant>`.',
      retryable: true,
      ownWords: true,
    },
  );
}

function endless(login: ConnectionLogin): FanfoldError {
  return new FanfoldError(
    'ConnectionFailed',
    `${serverName(login)} answers the first question with something else than rows, or without end, as no database server does.`,
    {
      fault: 'tenant',
      nextStep: 'Check dbHost and dbPort of the tenant in the central database.',
      ownWords: true,
    },
  );
}
