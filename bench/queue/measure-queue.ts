import { setTimeout as sleep } from 'node:timers/promises';
import { send, usingConnection } from '../connection.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { createDatabases, dropDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import type { LoadResult } from './open-loop-load.ts';
import type { QueueWay } from './queue-ways.ts';
import { usingLoad } from './using-load.ts';

export interface QueueOptions {
  /** The number of tenants. */
  readonly tenants: number;
  /** Seconds for which a transaction that has read keeps its locks. */
  readonly heldSeconds: number;
  /** Milliseconds between two queries of the application on one tenant. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** The application's queries beside one way of migrating. */
export interface QueueSample extends LoadResult {
  readonly way: QueueWay;
  /** When the migrations began, in milliseconds since 1970. */
  readonly begunAt: number;
  /** When the transaction ended, in milliseconds since 1970. */
  readonly releasedAt: number;
  /** Seconds after the end of the transaction until every tenant was migrated. */
  readonly doneAfter: number;
}

const ROWS = 100;
/** Seconds of load before the migrations begin, as a comparison. */
const QUIET_SECONDS = 2;

/**
 * Migrates tenants, all at the same time, while one transaction has read a table of each of them. The application
 * goes on sending queries at a fixed rate. Their time counts from the moment at which each was to be sent, so that
 * a query that could not be sent, because an earlier one waited, counts in full.
 */
export async function measureQueue(
  server: ServerLogin,
  way: QueueWay,
  { tenants, heldSeconds, everyMs, signal }: QueueOptions,
): Promise<QueueSample> {
  const databases = Array.from({ length: tenants }, (_, index) => `${PREFIX}queue_${index}`);
  await createDatabases(server, databases, signal);
  try {
    await forEachBounded(databases, 8, signal, (name) => fill(server, name));
    let begunAt = 0;
    let releasedAt = 0;
    let doneAfter = 0;
    const load = { server, databases, everyMs };
    const result = await usingLoad(load, async () => {
      await sleep(QUIET_SECONDS * 1_000, undefined, { signal });
      await usingConnection(server, undefined, async (holder) => {
        await send(holder, 'START TRANSACTION');
        for (const name of databases) await send(holder, `SELECT COUNT(*) FROM ${name}.orders`);
        begunAt = Date.now();
        const migrating = way.migrate(databases, signal);
        // A failure ends the measurement at once.
        await Promise.race([
          sleep(heldSeconds * 1_000, undefined, { signal }),
          migrating.then(() => new Promise<never>(() => {})),
        ]);
        await send(holder, 'COMMIT');
        releasedAt = Date.now();
        await migrating;
        doneAfter = (Date.now() - releasedAt) / 1_000;
      });
      await sleep(500, undefined, { signal });
    });
    return { way, begunAt, releasedAt, doneAfter, ...result };
  } finally {
    await dropDatabases(server);
  }
}

async function fill(server: ServerLogin, database: string): Promise<void> {
  await usingConnection(server, database, async (connection) => {
    await send(connection, 'CREATE TABLE orders (id INT PRIMARY KEY, amount INT NOT NULL)');
    const rows = Array.from({ length: ROWS }, (_, index) => [index, index]);
    await send(connection, 'INSERT INTO orders VALUES ?', [rows]);
  });
}
