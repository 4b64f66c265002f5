/** An error packet of the server, as mysql2 hands it on. */
export interface ServerError extends Error {
  readonly errno: number;
  readonly sqlState: string;
  readonly sqlMessage: string;
}

/** Whether the database server itself answered with an error. */
export function isServerError(error: unknown): error is ServerError {
  const candidate = error as Partial<ServerError> | null;
  return (
    error instanceof Error &&
    typeof candidate?.errno === 'number' &&
    typeof candidate.sqlState === 'string' &&
    typeof candidate.sqlMessage === 'string'
  );
}

/** Whether the server says that a table is missing (ER_NO_SUCH_TABLE). */
export function isTableMissing(error: unknown): error is ServerError {
  return isServerError(error) && error.errno === 1146;
}

/** The nearest server error in a chain of causes: a migration may wrap what it caught. */
export function findServerError(error: unknown): ServerError | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 10; depth++) {
    if (isServerError(current)) return current;
    current = current.cause;
  }
  return undefined;
}

/**
 * The server's message without what differs from tenant to tenant or is nobody's business: data that
 * some messages quote (a duplicate entry, an incorrect value, the statement near a syntax error) and
 * the database's name. Names of tables, columns and keys stay.
 */
export function messageForPeople({ errno, sqlMessage }: ServerError, database: string): string {
  return withoutData(errno, sqlMessage)
    .replaceAll(`'${database}.`, "'")
    .replaceAll(`\`${database}\`.`, '');
}

function withoutData(errno: number, message: string): string {
  switch (errno) {
    case 1062: // Duplicate entry 'x' for key 'k'
    case 1586:
      return message.replace(/entry '.*' for key/s, 'entry (value not shown) for key');
    case 1064: // … near 'rest of the statement' at line n
      return message.replace(/near '.*' at line/s, 'near (not shown) at line');
    case 1265:
    case 1292:
    case 1366:
    case 1411:
      return message.replace(/(value:?|function) '.*'(?= for |$)/s, '$1 (not shown)');
    default:
      return message;
  }
}
