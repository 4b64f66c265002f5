import type { Connection, QueryError, QueryResult } from 'mysql2';
import { isServerError, type ServerError } from '../../server/server-error.ts';
import { ownQuery } from './query.ts';

/** The server's answers to the statements of a packet. */
export type InTurn =
  | { readonly answers: readonly QueryResult[] }
  /** The statement, from 0, which failed; those before it ran, those after it did not. */
  | { readonly failed: number; readonly error: ServerError };

/**
 * Sends statements in one packet, two at least, and tells which of them failed. Throws if the
 * connection is lost.
 */
export function queryInTurn(
  connection: Connection,
  statements: readonly string[],
): Promise<InTurn> {
  return new Promise((resolve, reject) => {
    const sent = connection.query(
      ownQuery(connection, statements.join(';\n'), []),
      (error: QueryError | null, answers: QueryResult) => {
        if (error === null) resolve({ answers: answers as unknown as QueryResult[] });
        else if (isServerError(error)) resolve({ failed: answeredBy(sent), error });
        else reject(error);
      },
    );
  });
}

/** How many statements were answered to the end. mysql2 counts them, but does not say it with the error. */
function answeredBy(sent: unknown): number {
  return (sent as { _resultIndex: number })._resultIndex;
}
