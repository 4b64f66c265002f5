import type { Connection, QueryError, QueryOptions, ResultSetHeader } from 'mysql2';
import { learnDriverClasses } from '../../connection/driver-classes.ts';
import type { Answer } from '../../journal/stored-answer.ts';

/** How far the statements of a packet came. */
export interface PacketAnswers {
  /** Headers of those that succeeded and gave no rows, in their order. */
  readonly headers: readonly ResultSetHeader[];
  /** The driver's answer to the whole packet; `undefined` if a statement failed. */
  readonly answer?: Answer | undefined;
  /** Of the first that failed; the server runs nothing after it. Also a lost connection. */
  readonly error?: unknown;
}

/**
 * Sends one packet and never throws. Pieces of ours give no rows, so the number of headers tells which
 * statement a failure is about.
 */
export function sendPacket(
  connection: Connection,
  sql: string,
  options: object = {},
): Promise<PacketAnswers> {
  return new Promise((resolve) => {
    const headers: ResultSetHeader[] = [];
    const command = connection.query(
      { ...options, sql } as QueryOptions,
      (error: QueryError | null, rows: unknown, fields: unknown) => {
        if (error !== null) return resolve({ headers, error });
        learnDriverClasses(rows, fields);
        resolve({ headers, answer: [rows, fields] });
      },
    );
    command.on('result', (header: unknown) => headers.push(header as ResultSetHeader));
  });
}

/** The part of an answer that follows those of so many statements without rows. */
export function answerBehind([result, fields]: Answer, count: number): Answer {
  return [behind(result, count), behind(fields, count)];
}

function behind(answers: unknown, count: number): unknown {
  if (count === 0 || !Array.isArray(answers)) return answers;
  return answers.length === count + 1 ? answers[count] : answers.slice(count);
}
