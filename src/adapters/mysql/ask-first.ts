import type { Connection } from 'mysql2';
import { FanfoldError } from '../../core/errors.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import { serverName } from '../../core/tenant.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { cutOffGarbage, Garbage } from './connection/cut-off-garbage.ts';
import { query } from './connection/query.ts';

/** Far more than the rows of any migration history; as objects they take up to thirty times as much memory. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Runs the first query on a connection. If it times out, a second connection determines whether the whole server
 * does not answer, or only this database, because its tables are locked.
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
    // If the server does not even accept the second connection, that error is thrown.
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
    `${serverName(login)} accepts logins but does not answer queries.`,
    {
      fault: 'tenant',
      nextStep: "Check the database server's log, load and disks.",
      retryable: true,
      ownWords: true,
    },
  );
}

function locked(login: ConnectionLogin): FanfoldError {
  return new FanfoldError(
    'BookkeepingFailed',
    `The migration tables of "${login.database}" could not be read in time, although the server answers: another session has locked them.`,
    {
      fault: 'tenant',
      nextStep: 'To see which session blocks them: `fanfold migrate:doctor <tenant>`.',
      retryable: true,
      ownWords: true,
    },
  );
}

function endless(login: ConnectionLogin): FanfoldError {
  return new FanfoldError(
    'ConnectionFailed',
    `${serverName(login)} answers the first query with data that is not rows, or without end, so it is not a database server.`,
    {
      fault: 'tenant',
      nextStep: 'Check dbHost and dbPort of the tenant in the central database.',
      ownWords: true,
    },
  );
}
