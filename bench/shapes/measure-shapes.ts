import { randomUUID } from 'node:crypto';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { createShapeSource } from '../../src/adapters/mysql/shape-source.ts';
import { readFleetShapes } from '../../src/core/shapes/read-fleet-shapes.ts';
import { ShapeGroups } from '../../src/core/shapes/shape-groups.ts';
import type { Tenant } from '../../src/core/tenant.ts';
import { send, usingConnection } from '../connection.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { serverCpuSeconds } from './server-cpu.ts';

export interface ShapesResult {
  readonly seconds: number;
  /** Time on a processor of the server; absent if it runs on another machine. */
  readonly serverCpuSeconds: number | undefined;
  readonly shapes: number;
  readonly tenants: number;
  /** Peak resident memory of this process, in MB. */
  readonly peakMb: number;
}

/** The five small tables of each database, with indexes and foreign keys. */
const TABLES = [
  "CREATE TABLE users (id int unsigned AUTO_INCREMENT PRIMARY KEY, email varchar(190) NOT NULL, name varchar(255) NOT NULL DEFAULT '', made timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, UNIQUE KEY by_email (email))",
  'CREATE TABLE projects (id int unsigned AUTO_INCREMENT PRIMARY KEY, title varchar(255) NOT NULL, owner_id int unsigned NOT NULL, CONSTRAINT owner FOREIGN KEY (owner_id) REFERENCES users (id))',
  'CREATE TABLE tasks (id int unsigned AUTO_INCREMENT PRIMARY KEY, project_id int unsigned NOT NULL, status varchar(32) NOT NULL, body text, KEY by_status (project_id, status))',
  'CREATE TABLE comments (id int unsigned AUTO_INCREMENT PRIMARY KEY, task_id int unsigned NOT NULL, body text, KEY by_task (task_id))',
  'CREATE TABLE invoices (id int unsigned AUTO_INCREMENT PRIMARY KEY, amount decimal(12,2) NOT NULL, due_on date NOT NULL, KEY by_due (due_on))',
];

/** One in so many databases has one of ten differences. */
const ODD = 100;

/** Databases that are filled at a time. */
const AT_A_TIME = 8;

/** Makes databases on one server, and reads their shapes with one login as `fleet:shapes` does. */
export async function measureShapes(
  login: ServerLogin,
  count: number,
  signal: AbortSignal,
): Promise<ShapesResult> {
  const names = Array.from({ length: count }, (_, at) => `${PREFIX}shape_${at}`);
  await fillDatabases(login, names, signal);
  const groups = new ShapeGroups();
  const source = createShapeSource({
    connectTimeoutMs: 10_000,
    tls: createTlsChooser({ mode: 'off' }),
  });
  const cpuBefore = await serverCpuSeconds(login.port);
  const start = performance.now();
  await readFleetShapes(
    each(names.map((database) => tenantOf(login, database))),
    { concurrency: 8, signal },
    {
      source,
      passwords: { open: () => Promise.reject(new Error('Each tenant is read by the host.')) },
      findHostReader: () => login,
    },
    (tenant, reading) => {
      if (reading.status === 'unreadable') throw new Error(reading.failure.message);
      groups.add(tenant, reading.shape);
    },
  );
  const all = groups.all();
  const seconds = (performance.now() - start) / 1_000;
  const cpuAfter = await serverCpuSeconds(login.port);
  return {
    seconds,
    serverCpuSeconds:
      cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore,
    shapes: all.length,
    tenants: all.reduce((sum, { tenants }) => sum + tenants, 0),
    peakMb: process.resourceUsage().maxRSS / 1_024,
  };
}

/** Creates databases with their tables, over a few connections that are kept. */
async function fillDatabases(
  login: ServerLogin,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const left = names.entries();
  let filled = 0;
  const lanes = Array.from({ length: AT_A_TIME }, (_, lane) => lane);
  await forEachBounded(lanes, AT_A_TIME, signal, () =>
    usingConnection(login, undefined, async (connection) => {
      for (const [at, name] of left) {
        signal.throwIfAborted();
        await send(connection, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
        await send(connection, `USE ${name}`);
        for (const table of TABLES) await send(connection, table);
        if (at % ODD === 0) {
          const variant = (at / ODD) % 10;
          const column = `status varchar(${33 + variant}) NOT NULL`;
          await send(connection, `ALTER TABLE tasks MODIFY ${column}`);
        }
        filled++;
        if (filled % 1_000 === 0 || filled === names.length)
          console.error(`shapes: ${filled} of ${names.length} databases are filled`);
      }
    }),
  );
}

async function* each(tenants: readonly Tenant[]): AsyncGenerator<Tenant> {
  yield* tenants;
}

function tenantOf({ host, port, user }: ServerLogin, database: string): Tenant {
  return {
    id: randomUUID(),
    slug: database,
    name: database,
    status: 'ACTIVE',
    address: { host, port, database, user },
    encryptedPassword: '',
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
  };
}
