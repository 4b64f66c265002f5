import type { Connection, QueryError, QueryResult } from 'mysql2';
import { isServerError, type ServerError } from '../../server/server-error.ts';
import { ownQuery } from './query.ts';

/** The server's answers to the statements of a packet, or the error of one of them. */
export type InTurn =
  | { readonly answers: readonly QueryResult[] }
  /** The index of the statement that failed: those before it ran, those after it did not. */
  | { readonly failed: number; readonly error: ServerError };

/**
 * Sends two or more statements in one packet and determines which of them failed. Throws if the connection
 * is lost.
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

/** The number of completely answered statements, which mysql2 counts but does not report with the error. */
function answeredBy(sent: unknown): number {
  return (sent as { _resultIndex: number })._resultIndex;
}
