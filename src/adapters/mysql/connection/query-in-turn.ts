import type { Connection, QueryError, QueryResult } from 'mysql2';
import { isServerError, type ServerError } from '../../server/server-error.ts';
import { ownQuery } from './query.ts';

/** The server's answers to the statements of a packet, or the error of one of them. */
export type InTurn =
  | { readonly answers: readonly QueryResult[] }
  /** The index of the statement that failed: those before it ran, with these answers; those after it did not. */
  | {
      readonly failed: number;
      readonly before: readonly QueryResult[];
      readonly error: ServerError;
    };

/**
 * Sends two or more statements in one packet and determines which of them failed. Throws if the connection
 * is lost. After `timeoutMs` it throws, and the connection is unusable.
 */
export function queryInTurn(
  connection: Connection,
  statements: readonly string[],
  timeoutMs?: number,
): Promise<InTurn> {
  return new Promise((resolve, reject) => {
    const sent = connection.query(
      ownQuery(connection, statements.join(';\n'), [], timeoutMs),
      (error: QueryError | null, answers: QueryResult) => {
        if (error === null) resolve({ answers: answers as unknown as QueryResult[] });
        else if (isServerError(error)) resolve({ ...answeredBy(sent), error });
        else reject(error);
      },
    );
  });
}

/** The completely answered statements, whose answers mysql2 keeps but does not report with the error. */
function answeredBy(sent: unknown): { failed: number; before: QueryResult[] } {
  const { _resultIndex: failed, _rows: answers } = sent as {
    _resultIndex: number;
    _rows: QueryResult[];
  };
  return { failed, before: answers.slice(0, failed) };
}
