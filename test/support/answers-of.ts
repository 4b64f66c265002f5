import type { Connection } from 'mysql2';

/** The answers of a packet, each as text, up to the first error. */
export interface AnswersOf {
  readonly answers: readonly string[];
  /** Number of the error that ended it. */
  readonly errno?: number | undefined;
}

/** Sends a packet with any statements in it, over a connection with `multipleStatements`. */
export function answersOf(connection: Connection, sql: string): Promise<AnswersOf> {
  return new Promise((resolve) => {
    const answers: unknown[][] = [];
    let errno: number | undefined;
    const query = connection.query({ sql, rowsAsArray: true });
    const of = (index: number) => {
      answers[index] ??= [];
      return answers[index];
    };
    query.on('fields', (_fields: unknown, index: number) => of(index));
    // Without an index it is the answer to a statement that returns no rows.
    query.on('result', (row: unknown, index = answers.length) =>
      of(index).push(Array.isArray(row) ? row : 'done'),
    );
    query.on('error', (error: { errno?: number }) => {
      errno = error.errno ?? -1;
    });
    query.on('end', () => resolve({ answers: answers.map((rows) => JSON.stringify(rows)), errno }));
  });
}
