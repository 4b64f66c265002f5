import type { Connection, QueryError, QueryOptions, ResultSetHeader } from 'mysql2';
import { learnDriverClasses } from '../../connection/driver-classes.ts';
import type { Answer } from '../../journal/stored-answer.ts';

/** The answers to the statements of a packet. */
export interface PacketAnswers {
  /** The headers of statements that succeeded and returned no rows, in order. */
  readonly headers: readonly ResultSetHeader[];
  /** The driver's answer to the whole packet; `undefined` if a statement failed. */
  readonly answer?: Answer | undefined;
  /** The error of the first statement that failed, after which the server runs nothing; or a lost connection. */
  readonly error?: unknown;
}

/**
 * Sends one packet and never throws. Fanfold's pieces return no rows, so the number of headers shows which
 * statement failed.
 */
function sendPacket(
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

/**
 * Sends statements in one packet, or each in a separate packet. The answers are the same either way. Never
 * throws.
 *
 * @param apart whether each is sent in its own packet
 */
export async function sendStatements(
  connection: Connection,
  statements: readonly string[],
  { apart, ...options }: { readonly apart: boolean; readonly [option: string]: unknown },
): Promise<PacketAnswers> {
  if (!apart || statements.length < 2)
    return sendPacket(connection, statements.join(';\n'), options);
  const headers: ResultSetHeader[] = [];
  const results: unknown[] = [];
  const fields: unknown[] = [];
  for (const statement of statements) {
    const sent = await sendPacket(connection, statement, options);
    headers.push(...sent.headers);
    if (sent.answer === undefined) return { headers, error: sent.error };
    results.push(sent.answer[0]);
    fields.push(sent.answer[1]);
  }
  return { headers, answer: [results, fields] };
}

/** The part of an answer after the answers of the first `count` statements, which have no rows. */
export function answerAfter([result, fields]: Answer, count: number): Answer {
  return [skipFirst(result, count), skipFirst(fields, count)];
}

function skipFirst(answers: unknown, count: number): unknown {
  if (count === 0 || !Array.isArray(answers)) return answers;
  return answers.length === count + 1 ? answers[count] : answers.slice(count);
}
