import type { Connection, RowDataPacket } from 'mysql2';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import { DEFINER, unquoted } from './stored-definition.ts';

/** The accounts of a server as `user@host`, in lower case. */
export type Definers = ReadonlySet<string>;

/** Reads the accounts that may define objects; only the login itself if it may not see others. */
export async function knownDefiners(connection: Connection): Promise<Definers> {
  const [self] = await query<RowDataPacket[]>(connection, 'SELECT CURRENT_USER() AS account');
  let others: RowDataPacket[] = [];
  try {
    others = await query(connection, "SELECT CONCAT(User, '@', Host) AS account FROM mysql.user");
  } catch (error) {
    if (!isServerError(error)) throw error;
  }
  return new Set([self, ...others].map((row) => String(row?.account).toLowerCase()));
}

/** A statement with a definer that the server has: an unknown one is replaced by the login. */
export function withKnownDefiner(
  sql: string,
  definers: Definers,
): { sql: string; replaced?: string | undefined } {
  const [clause, user] = DEFINER.exec(sql) ?? [];
  if (clause === undefined || user === undefined) return { sql };
  const host = /@(\S+) $/.exec(clause)?.[1];
  const account = `${unquoted(user)}@${host === undefined ? '' : unquoted(host)}`;
  if (definers.has(account.toLowerCase())) return { sql };
  return { sql: sql.replace(clause, () => ''), replaced: account };
}
