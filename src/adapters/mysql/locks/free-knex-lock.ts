import { type Connection, escapeId, type ResultSetHeader, type RowDataPacket } from 'mysql2';
import { query } from '../connection/query.ts';
import {
  describeSession,
  findSession,
  seesAllSessions,
  sessionsOnDatabase,
} from '../connection/sessions.ts';
import { readCluster } from './cluster.ts';
import { fenceName } from './fence-name.ts';
import { ANY_ROWS } from './knex-lock.ts';
import { busy } from './take-set-lock.ts';

/** The maximum number of sessions that an error names. */
const MOST = 3;

/**
 * Releases Knex's lock as an administrator, who sees every session. Throws `TenantBusy` if a session uses the
 * database or holds the fence, or if another node of a cluster could.
 */
export async function freeKnexLock(
  connection: Connection,
  database: string,
  tableName: string,
): Promise<void> {
  const lock = `${escapeId(database, true)}.${escapeId(`${tableName}_lock`, true)}`;
  const cluster = await readCluster(connection);
  if (cluster !== undefined) {
    throw busy(
      `Knex's migration lock in ${lock} is on a ${cluster.kind} cluster, in which a node shows only its own sessions.`,
      `If no migration is running on any node, release the lock: UPDATE ${lock} SET is_locked = 0;`,
    );
  }
  if (!(await seesAllSessions(connection))) {
    throw busy(
      `It cannot be determined whether a session holds Knex's migration lock in ${lock}: the administrator lacks the PROCESS privilege.`,
      'Grant PROCESS to the administrator, which shows the sessions of all users.',
    );
  }
  const others = await sessionsOnDatabase(connection, database);
  const [fence] = await query<RowDataPacket[]>(connection, 'SELECT IS_USED_LOCK(?) AS id', [
    fenceName(database),
  ]);
  const holderId: number | null = fence?.id ?? null;
  const named = others.slice(0, MOST).map(describeSession);
  if (holderId !== null && !others.some(({ id }) => id === holderId)) {
    const holder = await findSession(connection, holderId);
    named.push(holder === undefined ? `connection ${holderId}` : describeSession(holder));
  }
  if (named.length > 0) {
    throw busy(
      `Knex's migration lock in ${lock} may be in use: ${named.join('; ')}.`,
      'Wait for that session to end, or end it if you know what it runs; then run the command again.',
    );
  }
  await query<ResultSetHeader>(
    connection,
    `UPDATE ${lock} SET is_locked = 0 WHERE is_locked <> 0 OR is_locked IS NULL ${ANY_ROWS}`,
  );
}
