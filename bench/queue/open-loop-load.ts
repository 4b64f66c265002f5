import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { type Connection, createConnection } from 'mysql2';
import type { ServerLogin } from '../server-login.ts';

/** A load of a fixed rate, whatever the answers: one connection a tenant, as a busy pool of an application. */
export interface LoadOptions {
  readonly server: ServerLogin;
  readonly databases: readonly string[];
  /** Milliseconds between two queries of one tenant. */
  readonly everyMs: number;
  /** The rows 1 to this number are read and changed at random. Default: one row is read. */
  readonly rows?: number | undefined;
}

/** Three reads, and then a change of a row, as an application does it. */
function queryOf(number: number, rows: number | undefined): string {
  if (rows === undefined) return 'SELECT amount FROM orders WHERE id = 7';
  const id = 1 + Math.floor(Math.random() * rows);
  return number % 4 === 3
    ? `UPDATE orders SET amount = amount + 1 WHERE id = ${id}`
    : `SELECT amount FROM orders WHERE id = ${id}`;
}

/** A query: when it was to begin, in milliseconds since 1970, and how long its answer took from then on. */
export type LoadSample = readonly [intendedAt: number, tookMs: number];

/** The queries that were answered. */
export interface LoadResult {
  readonly samples: readonly LoadSample[];
  /** The largest number of queries that waited for their answers at one time. */
  readonly mostWaiting: number;
}

/** A thread of its own, so that the work of the migrations does not count as waiting. */
if (!isMainThread) void load(workerData as LoadOptions);

async function load({ server, databases, everyMs, rows }: LoadOptions): Promise<void> {
  const connections = await Promise.all(databases.map((name) => connect(server, name)));
  const samples: LoadSample[] = [];
  let waiting = 0;
  let mostWaiting = 0;
  const startedAt = Date.now();
  // Tenants do not send at the same moment.
  const timers = connections.map((connection, index) => {
    let sent = 0;
    let next = startedAt + (index * everyMs) / connections.length;
    return setInterval(() => {
      for (; next <= Date.now(); next += everyMs) {
        const intendedAt = next;
        waiting++;
        mostWaiting = Math.max(mostWaiting, waiting);
        connection.query(queryOf(sent++, rows), () => {
          waiting--;
          samples.push([intendedAt, Date.now() - intendedAt]);
        });
      }
    }, 2);
  });
  parentPort?.postMessage('started');
  parentPort?.once('message', () => {
    for (const timer of timers) clearInterval(timer);
    // mysql2 answers in order, so that the last queries are answered before the connection ends.
    let open = connections.length;
    for (const connection of connections) {
      connection.end(() => {
        open--;
        if (open === 0) parentPort?.postMessage({ samples, mostWaiting });
      });
    }
  });
}

function connect(server: ServerLogin, database: string): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection = createConnection({ ...server, database });
    connection.once('connect', () => resolve(connection));
    connection.once('error', reject);
  });
}
