import { causesOf } from './causes-of.ts';
import { ERRNO } from './errno.ts';

/** An error packet of the server, as mysql2 returns it. */
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
  return isServerError(error) && error.errno === ERRNO.ER_NO_SUCH_TABLE;
}

/** The nearest server error in a chain of causes. */
export function findServerError(error: unknown): ServerError | undefined {
  for (const cause of causesOf(error)) if (isServerError(cause)) return cause;
  return undefined;
}

/**
 * The server's message without private or tenant-specific parts: data that some messages quote (a
 * duplicate entry, an incorrect value, the statement near a syntax error) and the database's name. Names
 * of tables, columns and keys stay.
 */
export function messageForPeople({ sqlMessage }: ServerError, database: string): string {
  return withoutData(sqlMessage)
    .replaceAll(`'${database}.`, "'")
    .replaceAll(`\`${database}\`.`, '');
}

/** Removes the data that server messages quote from a text that may contain such a message. */
export function withoutData(text: string): string {
  return DATA.reduce((message, [data, shown]) => message.replace(data, shown), text);
}

/**
 * Removes the quotes around names of tables, columns and keys in a server's message, which would otherwise
 * count as data: the names distinguish a duplicate e-mail address from a duplicate order number. Other
 * quoted texts stay quoted.
 */
export function withNamesBare(message: string): string {
  return message
    .replace(/`([^`\d]+)`/g, '$1')
    .replace(
      /\b(key|column|field|table|view|constraint|index|trigger|procedure|function|partition) '([^'\d]+)'/gi,
      '$1 $2',
    );
}

/** Patterns for the data that messages quote. Each match is greedy because quotes in the data are not escaped. */
const DATA: readonly [RegExp, string][] = [
  [/entry '.*' for key/s, 'entry (value not shown) for key'],
  [/near '.*' at line/s, 'near (not shown) at line'],
  [/(values?:?|record) '.*'(?= for |$)/s, '$1 (not shown)'],
  [/(out of range in) '.*'/s, '$1 (not shown)'],
];
