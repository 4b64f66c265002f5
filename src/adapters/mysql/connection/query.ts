import type { Connection, FieldPacket, QueryError, QueryResult } from 'mysql2';

/**
 * One packet to the server and back. Values are escaped by mysql2. Past `timeoutMs` it throws, and the
 * connection is of no more use.
 */
export function query<Result extends QueryResult>(
  connection: Connection,
  sql: string,
  values: readonly unknown[] = [],
  timeoutMs?: number,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    connection.query(
      { sql, values: [...values], ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }) },
      (error: QueryError | null, result: QueryResult, _fields: FieldPacket[]) => {
        if (error) reject(error);
        else resolve(result as Result);
      },
    );
  });
}
