import type { Connection, RowDataPacket } from 'mysql2';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';

/** InnoDB's own number of each table, by the table's name in InnoDB's spelling. */
export type TableNumbers = ReadonlyMap<string, number>;

/**
 * Reads the numbers that InnoDB gave its tables: it gives a new one whenever it writes a table anew, and to no other
 * change. `undefined` if the server does not show them: the login needs the PROCESS privilege.
 *
 * @param only names of tables; all of the database if absent
 */
export async function readTableNumbers(
  connection: Connection,
  {
    database,
    isMariaDb,
    only,
  }: {
    readonly database: string;
    readonly isMariaDb: boolean;
    readonly only: readonly string[] | undefined;
  },
): Promise<TableNumbers | undefined> {
  const view = isMariaDb ? 'INNODB_SYS_TABLES' : 'INNODB_TABLES';
  const names = only?.map((name) => `${database}/${name}`.toLowerCase());
  try {
    const rows = await query<RowDataPacket[]>(
      connection,
      `SELECT NAME AS name, TABLE_ID AS id FROM information_schema.${view} WHERE ${names === undefined ? 'LEFT(NAME, ?) = ?' : 'LOWER(NAME) IN (?)'}`,
      names === undefined
        ? [database.length + 1, `${database}/`]
        : [names.length === 0 ? [''] : names],
    );
    return new Map(rows.map(({ name, id }) => [String(name), Number(id)]));
  } catch (error) {
    if (isServerError(error)) return undefined;
    throw error;
  }
}

/** Whether a table got another number, and so was written anew; `undefined` if that is not known. */
export function rebuildsOf(
  before: TableNumbers | undefined,
  after: TableNumbers | undefined,
): boolean | undefined {
  if (before === undefined || after === undefined) return undefined;
  const both = [...before].filter(([name]) => after.has(name));
  // Names with special characters are spelled otherwise by InnoDB.
  if (both.length === 0) return undefined;
  return both.some(([name, number]) => after.get(name) !== number);
}
