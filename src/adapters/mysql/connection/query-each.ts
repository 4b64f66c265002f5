import type { Connection, QueryError, ResultSetHeader } from 'mysql2';
import { isServerError, type ServerError } from './server-error.ts';

/** How far the statements of a packet came. */
export interface Answers {
  /** Of those that succeeded, in their order. */
  readonly answers: readonly ResultSetHeader[];
  /** Of the one behind them; what stands behind that was not run. */
  readonly error?: ServerError | undefined;
}

/** Sends statements that give no rows in one packet. Throws where the connection is lost. */
export function queryEach(
  connection: Connection,
  sql: string,
  values: readonly unknown[],
): Promise<Answers> {
  return new Promise((resolve, reject) => {
    const answers: ResultSetHeader[] = [];
    const sent = connection.query({ sql, values: [...values] }, (error: QueryError | null) => {
      if (error === null) resolve({ answers });
      else if (isServerError(error)) resolve({ answers, error });
      else reject(error);
    });
    sent.on('result', (answer: unknown) => answers.push(answer as ResultSetHeader));
  });
}
