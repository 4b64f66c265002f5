import type { Connection, FieldPacket, QueryError, QueryOptions, QueryResult } from 'mysql2';
import { learnDriverClasses } from './driver-classes.ts';

/** Options for Fanfold's own queries: rows are objects of numbers and strings. */
const OWN_ANSWERS: Partial<QueryOptions> = {
  typeCast: true,
  rowsAsArray: false,
  nestTables: false,
  namedPlaceholders: false,
};

/**
 * The same options if the user's driver settings for migrations differ. An option of a query does not
 * override a `typeCast` function or `bigNumberStrings` of the connection, but a `typeCast` function does.
 */
const OWN_ANSWERS_ANYWAY: Partial<QueryOptions> = {
  ...OWN_ANSWERS,
  typeCast: (field, next) => {
    if (field.type !== 'LONGLONG') return next();
    const digits = field.string('ascii');
    return digits === null ? null : Number(digits);
  },
};

/**
 * mysql2's options for one of Fanfold's own queries.
 *
 * @param timeoutMs the time that the answer may take, in milliseconds; no limit if absent
 */
export function ownQuery(
  { config }: Connection,
  sql: string,
  values: readonly unknown[],
  timeoutMs?: number,
): QueryOptions {
  const isOverridden = typeof config.typeCast === 'function' || config.bigNumberStrings === true;
  return {
    sql,
    values: [...values],
    ...(isOverridden ? OWN_ANSWERS_ANYWAY : OWN_ANSWERS),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  };
}

/**
 * Sends one packet to the server and returns the answer. mysql2 escapes the values. After `timeoutMs` it
 * throws, and the connection is unusable.
 */
export function query<Result extends QueryResult>(
  connection: Connection,
  sql: string,
  values: readonly unknown[] = [],
  timeoutMs?: number,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    connection.query(
      ownQuery(connection, sql, values, timeoutMs),
      (error: QueryError | null, result: QueryResult, fields: FieldPacket[]) => {
        if (error) {
          reject(error);
          return;
        }
        learnDriverClasses(result, fields);
        resolve(result as Result);
      },
    );
  });
}
