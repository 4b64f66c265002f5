import type { Connection, RowDataPacket } from 'mysql2';
import type { RunningSession, WatchDatabase } from '../../core/migrate/running-session.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { type Process, readOtherSessions } from './connection/process-list.ts';
import { query } from './connection/query.ts';
import { fenceName } from './locks/fence-name.ts';
import { readInnodbTransactions } from './locks/innodb-transactions.ts';
import { describeBlockers } from './locks/lock-blockers.ts';
import { statementShape } from './sql/statement-shape.ts';

/** In milliseconds; short, because the result is only shown. */
const TIMEOUT_MS = 3_000;

interface FenceRow extends RowDataPacket {
  readonly id: number | null;
  readonly version: string;
}

/**
 * Creates the function that reads what the holder of a database's fence is doing: its statement, the
 * progress (visible to everybody on MariaDB; on MySQL only with access to the performance schema, with
 * stages enabled), and the sessions that may block it.
 */
export function createWatchDatabase(
  options: Pick<ConnectionOptions, 'tls' | 'iamToken'>,
): WatchDatabase {
  const connecting = { ...options, connectTimeoutMs: TIMEOUT_MS };
  return (login) =>
    usingConnection(login, connecting, async (connection) => {
      const [fence] = await ask<FenceRow>(
        connection,
        'SELECT IS_USED_LOCK(?) AS id, VERSION() AS version',
        [fenceName(login.database)],
      );
      if (fence === undefined || fence.id === null) return undefined;
      return readRunningSession(connection, Number(fence.id), /mariadb/i.test(fence.version));
    });
}

async function readRunningSession(
  connection: Connection,
  id: number,
  isMariaDb: boolean,
): Promise<RunningSession | undefined> {
  const [session] = await readOtherSessions(connection, { id: [id] }, TIMEOUT_MS);
  if (session === undefined) return undefined;
  const statement = session.info === null ? null : statementShape(session.info);
  if (await isBlocked(connection, id, session)) {
    return { statement, blockedBy: (await describeBlockers(connection, id)) ?? '' };
  }
  const percentage = isMariaDb ? shareOfStages(session) : await shareOfWork(connection, id);
  return { statement, percentage };
}

/** Whether the session waits for a lock: metadata, table and backup locks are in its state, row locks in INNODB_TRX. */
async function isBlocked(connection: Connection, id: number, { state }: Process): Promise<boolean> {
  if (/^Waiting for .*lock/i.test(state ?? '')) return true;
  const transactions = await readInnodbTransactions(connection, TIMEOUT_MS).catch(() => []);
  return transactions.some((each) => each.id === id && each.isWaiting);
}

/** The overall percentage: copying a table has two stages, rows and keys, and the progress is that of one stage. */
function shareOfStages({ stage, stages, progress }: Process): number | undefined {
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
  // The estimate grows during the work, so an estimate that is reached is meaningless.
  return share < 100 ? share : undefined;
}

function ask<Row extends RowDataPacket>(
  connection: Connection,
  sql: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return query<Row[]>(connection, sql, values, TIMEOUT_MS);
}
