import type { Connection, FieldPacket, QueryError, QueryOptions, QueryResult } from 'mysql2';
import { learnDriverClasses } from './driver-classes.ts';

/** How the answers to our own queries are read: as objects of numbers and strings. */
const OWN_ANSWERS: Partial<QueryOptions> = {
  typeCast: true,
  rowsAsArray: false,
  nestTables: false,
  namedPlaceholders: false,
};

/**
 * The same if the user has told the driver otherwise for migrations. What is said by query does not
 * win over a `typeCast` function or `bigNumberStrings` of the connection; a function of our own does.
 */
const OWN_ANSWERS_ANYWAY: Partial<QueryOptions> = {
  ...OWN_ANSWERS,
  typeCast: (field, next) => {
    if (field.type !== 'LONGLONG') return next();
    const digits = field.string('ascii');
    return digits === null ? null : Number(digits);
  },
};

/** mysql2's options for one of our own queries. */
export function ownQuery(
  { config }: Connection,
  sql: string,
  values: readonly unknown[],
): QueryOptions {
  const isTold = typeof config.typeCast === 'function' || config.bigNumberStrings === true;
  return { sql, values: [...values], ...(isTold ? OWN_ANSWERS_ANYWAY : OWN_ANSWERS) };
}

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
      {
        ...ownQuery(connection, sql, values),
        ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
      },
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
