import type { Connection, RowDataPacket } from 'mysql2';
import type { RunningSession, WatchDatabase } from '../../core/running-session.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { query } from './connection/query.ts';
import { fenceName } from './locks/fence-name.ts';
import { describeBlockers } from './locks/lock-blockers.ts';
import { statementShape } from './sql/statement-shape.ts';

/** What is only shown must not be waited for. */
const TIMEOUT_MS = 3_000;

interface FenceRow extends RowDataPacket {
  readonly id: number | null;
  readonly version: string;
}

interface SessionRow extends RowDataPacket {
  readonly info: string | null;
  readonly state: string | null;
  readonly stage?: number;
  readonly stages?: number;
  readonly progress?: number;
}

/**
 * Makes the function that looks at the session which holds a database's fence: what it runs, how far that is
 * (MariaDB shows it to everybody, MySQL to those who may read the performance schema if its stages are on),
 * and who may hold the lock that it waits for.
 */
export function createWatchDatabase(options: Pick<ConnectionOptions, 'tls'>): WatchDatabase {
  const connecting = { ...options, connectTimeoutMs: TIMEOUT_MS };
  return (login) =>
    usingConnection(login, connecting, async (connection) => {
      const [fence] = await ask<FenceRow>(
        connection,
        'SELECT IS_USED_LOCK(?) AS id, VERSION() AS version',
        [fenceName(login.database)],
      );
      if (fence === undefined || fence.id === null) return undefined;
      return look(connection, Number(fence.id), /mariadb/i.test(fence.version));
    });
}

async function look(
  connection: Connection,
  id: number,
  isMariaDb: boolean,
): Promise<RunningSession | undefined> {
  const columns = isMariaDb ? ', STAGE AS stage, MAX_STAGE AS stages, PROGRESS AS progress' : '';
  const [session] = await ask<SessionRow>(
    connection,
    `SELECT LEFT(INFO, 2000) AS info, STATE AS state${columns} FROM information_schema.PROCESSLIST WHERE ID = ?`,
    [id],
  );
  if (session === undefined) return undefined;
  const statement = session.info === null ? null : statementShape(session.info);
  if (await isBlocked(connection, id, session)) {
    return { statement, blockedBy: (await describeBlockers(connection, id)) ?? '' };
  }
  const percentage = isMariaDb ? shareOfStages(session) : await shareOfWork(connection, id);
  return { statement, percentage };
}

/** Metadata, table and backup locks are in the state; row locks only in the list of transactions. */
async function isBlocked(
  connection: Connection,
  id: number,
  { state }: SessionRow,
): Promise<boolean> {
  if (/^Waiting for .*lock/i.test(state ?? '')) return true;
  const transactions = await ask(
    connection,
    "SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = ? AND trx_state = 'LOCK WAIT'",
    [id],
  ).catch(() => []);
  return transactions.length > 0;
}

/** A copy has two stages: rows, then keys. The progress is that of the stage. */
function shareOfStages({ stage, stages, progress }: SessionRow): number | undefined {
  const [at, of, within] = [Number(stage ?? 0), Number(stages ?? 0), Number(progress ?? 0)];
  return of === 0 ? undefined : (100 * (at - 1) + within) / of;
}

async function shareOfWork(connection: Connection, id: number): Promise<number | undefined> {
  const [work] = await ask(
    connection,
    `SELECT s.WORK_COMPLETED AS done, s.WORK_ESTIMATED AS estimated
     FROM performance_schema.events_stages_current AS s
     JOIN performance_schema.threads AS t ON t.THREAD_ID = s.THREAD_ID
     WHERE t.PROCESSLIST_ID = ? AND s.WORK_ESTIMATED > 0`,
    [id],
  ).catch(() => []);
  const share = (100 * Number(work?.done ?? 0)) / Number(work?.estimated ?? 0);
  // The estimate grows while the server goes along: one that is reached says nothing.
  return share < 100 ? share : undefined;
}

function ask<Row extends RowDataPacket>(
  connection: Connection,
  sql: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return query<Row[]>(connection, sql, values, TIMEOUT_MS);
}
