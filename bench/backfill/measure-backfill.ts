import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2';
import { send, usingConnection } from '../connection.ts';
import type { LoadResult } from '../queue/open-loop-load.ts';
import { usingLoad } from '../queue/using-load.ts';
import { createDatabases, dropDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import type { BackfillWay } from './backfill-ways.ts';

export interface BackfillOptions {
  readonly rows: number;
  /** Queries of the application in a second. */
  readonly perSecond: number;
  readonly signal: AbortSignal;
}

/** The application's queries before and during one way of changing all rows. */
export interface BackfillSample extends LoadResult {
  readonly way: BackfillWay;
  /** When the change began and ended, in milliseconds since 1970. */
  readonly begunAt: number;
  readonly endedAt: number;
}

/** Connections of the application: one that waits for a row lock must not hold up the others. */
const CONNECTIONS = 16;
/** Seconds of load before the change, as a comparison; the first of them warms up. */
const QUIET_SECONDS = 6;
/** Rows that one statement inserts. */
const INSERTED = 10_000;

/**
 * Changes all rows of a table while the application reads and changes single rows of it at a fixed rate. The time of a
 * query counts from the moment at which it was to be sent.
 */
export async function measureBackfill(
  server: ServerLogin,
  way: BackfillWay,
  { rows, perSecond, signal }: BackfillOptions,
): Promise<BackfillSample> {
  const database = `${PREFIX}backfill`;
  await createDatabases(server, [database], signal);
  try {
    await fillTable(server, database, rows, signal);
    let begunAt = 0;
    let endedAt = 0;
    const load = {
      ...{ server, rows, everyMs: (1_000 * CONNECTIONS) / perSecond },
      databases: Array.from({ length: CONNECTIONS }, () => database),
    };
    const result = await usingLoad(load, async () => {
      await sleep(QUIET_SECONDS * 1_000, undefined, { signal });
      begunAt = Date.now();
      await way.fill(database, signal);
      endedAt = Date.now();
    });
    await checkRows(server, database);
    return { way, begunAt, endedAt, ...result };
  } finally {
    await dropDatabases(server);
  }
}

async function fillTable(
  server: ServerLogin,
  database: string,
  rows: number,
  signal: AbortSignal,
): Promise<void> {
  await usingConnection(server, database, async (connection) => {
    await send(
      connection,
      'CREATE TABLE orders (id INT PRIMARY KEY, amount INT NOT NULL, priority INT, note CHAR(100) NOT NULL)',
    );
    for (let from = 1; from <= rows; from += INSERTED) {
      signal.throwIfAborted();
      const length = Math.min(INSERTED, rows - from + 1);
      const values = Array.from({ length }, (_, at) => [from + at, 0, null, 'x'.repeat(100)]);
      await send(connection, 'INSERT INTO orders VALUES ?', [values]);
    }
  });
}

async function checkRows(server: ServerLogin, database: string): Promise<void> {
  await usingConnection(server, database, async (connection) => {
    const [row] = await send<RowDataPacket[]>(
      connection,
      'SELECT COUNT(*) AS missed FROM orders WHERE priority IS NULL OR priority <> id % 5',
    );
    if (Number(row?.missed) > 0) throw new Error(`${row?.missed} rows were missed.`);
  });
}
