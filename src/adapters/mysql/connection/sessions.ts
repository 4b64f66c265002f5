import type { Connection, RowDataPacket } from 'mysql2';
import { statementShape } from '../sql/statement-shape.ts';
import { type Process, readOtherSessions } from './process-list.ts';
import { query } from './query.ts';

/** Another session of the server, as visible to this login. */
export interface Session {
  readonly id: number;
  readonly user: string;
  /** Seconds in its current state. */
  readonly seconds: number;
  /** The running statement without its literals; `null` if there is none. */
  readonly statement: string | null;
}

/** Finds the other session with this connection id; `undefined` if it has ended or is hidden from this login. */
export async function findSession(
  connection: Connection,
  id: number,
): Promise<Session | undefined> {
  const [found] = await readOtherSessions(connection, { id: [id] });
  return found && toSession(found);
}

/** Other sessions on a database; without the PROCESS privilege only those of the same user. */
export async function sessionsOnDatabase(
  connection: Connection,
  database: string,
): Promise<Session[]> {
  return (await readOtherSessions(connection, { database: [database] })).map(toSession);
}

/** Other sessions on the database of this connection's login. */
export async function sessionsOnThisDatabase(connection: Connection): Promise<Session[]> {
  const { database } = connection.config;
  return database === undefined ? [] : sessionsOnDatabase(connection, database);
}

/** Whether this login sees every session of the server. */
export async function seesAllSessions(connection: Connection): Promise<boolean> {
  const rows = await query<RowDataPacket[]>(
    connection,
    `SELECT 1 FROM information_schema.USER_PRIVILEGES
     WHERE PRIVILEGE_TYPE = 'PROCESS'
       AND GRANTEE = CONCAT("'", SUBSTRING_INDEX(CURRENT_USER(), '@', 1), "'@'", SUBSTRING_INDEX(CURRENT_USER(), '@', -1), "'")
     LIMIT 1`,
  );
  return rows.length > 0;
}

/** Describes a session for people: `connection 42 (user app), which has run "alter table …" for 12 s`. */
export function describeSession({ id, user, seconds, statement }: Session): string {
  const work =
    statement === null ? `idle for ${seconds} s` : `which has run "${statement}" for ${seconds} s`;
  return `connection ${id} (user ${user}), ${work}`;
}

/** Converts a session of the server's process list. */
export function toSession({
  id,
  user,
  seconds,
  info,
}: Pick<Process, 'id' | 'user' | 'seconds' | 'info'>): Session {
  return { id, user, seconds, statement: info === null ? null : statementShape(info) };
}
