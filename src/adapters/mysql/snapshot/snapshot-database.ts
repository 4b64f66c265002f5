import type { Connection } from 'mysql2';
import type { ConnectionLogin, TenantDatabases } from '../../../core/ports.ts';
import type { CellText } from '../../../core/safety/rehearsal/database-contents.ts';
import type { SnapshotDatabase, SnapshotTable } from '../../../core/snapshot/snapshot-ports.ts';
import { knexTables, ownTableNames } from '../bookkeeping/knex-tables.ts';
import { query } from '../connection/query.ts';
import type { StatementObserver } from '../migration/engine/statement-observer.ts';
import { atTime } from '../migration/knex/migration-clock.ts';
import { rememberProcessState } from '../migration/knex/process-state.ts';
import { quote } from '../scratch/read-contents.ts';
import { isBinaryType } from '../scratch/value-literal.ts';
import { OutsideObserver } from './outside-observer.ts';
import { readGround } from './read-ground.ts';
import { readSnapshotContents } from './read-snapshot-contents.ts';

/** How one of the databases is used. */
export interface SnapshotDatabaseOptions {
  readonly isMariaDb: boolean;
  readonly tableName: string;
  readonly reader: Connection;
  /** Whether variables of the process have other values while migrations run. */
  readonly changesEnvironment: boolean;
  /** Makes the databases whose migrations are run. */
  readonly databases: (of: {
    readonly observer: StatementObserver;
    readonly onConnection: (connection: Connection) => Promise<void>;
  }) => TenantDatabases;
}

/** Milliseconds after the server's second at which the code's clock begins: whether a server rounds or cuts, they differ. */
const CODE_IS_LATER_BY = 1_600;

/** A scratch database in which migrations are run for a snapshot. */
export async function snapshotDatabase(
  login: ConnectionLogin,
  { isMariaDb, tableName, reader, changesEnvironment, databases }: SnapshotDatabaseOptions,
): Promise<SnapshotDatabase> {
  const { database } = login;
  const tables = knexTables(database, tableName);
  const ownTables = ownTableNames(tables);
  const observer = new OutsideObserver(database);
  const { ground } = await readGround(reader, ownTables);
  await query(
    reader,
    "SET NAMES utf8mb4, SESSION lock_wait_timeout = 10, time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
  );
  return {
    login,
    // Migrations run in this zone, whatever that of the server is.
    ground: { ...ground, settings: { ...ground.settings, time_zone: 'UTC' } },
    attempting: async (clock, work) => {
      const restoreProcess = rememberProcessState();
      const onConnection = async (connection: Connection) => {
        await query(
          connection,
          `SET SESSION timestamp = ${Math.floor(clock / 1_000)}, time_zone = '+00:00'`,
        );
      };
      try {
        if (changesEnvironment) changeEnvironment();
        return await atTime(clock + CODE_IS_LATER_BY, () =>
          work(databases({ observer, onConnection })),
        );
      } finally {
        restoreProcess();
      }
    },
    outside: () => observer.found,
    read: () => readSnapshotContents(reader, { database, isMariaDb, ownTables, tables }),
    rows: (table) => rowsOf(reader, table),
  };
}

/** Variables that programs need to run at all. */
const NEEDED =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TERM|TMPDIR|TEMP|TMP|LANG|TZ|PWD|SYSTEMROOT)$|^(?:NODE_(?!ENV$)|LC_|AWS_|npm_)/i;

/** A migration that reads a variable is found by its writing another value. */
function changeEnvironment(): void {
  for (const [name, value = ''] of Object.entries(process.env)) {
    if (!NEEDED.test(name)) process.env[name] = `${value}-other`;
  }
}

/** Streams rows as texts, in the order of the primary key; without one in that of the server, which is that of inserting. */
async function* rowsOf(
  reader: Connection,
  { name, columns, key }: SnapshotTable,
): AsyncGenerator<readonly CellText[]> {
  const selected = columns.map((column) => {
    const quoted = quote(column.name);
    if (isBinaryType(column.type)) return `HEX(${quoted})`;
    // The server would show six digits.
    return column.type === 'float' ? `${quoted} + 0e0` : quoted;
  });
  const order = key.length === 0 ? '' : ` ORDER BY ${key.map(quote).join(', ')}`;
  const stream = reader
    .query({
      sql: `SELECT ${selected.length === 0 ? '1' : selected.join(', ')} FROM ${quote(name)}${order}`,
      rowsAsArray: true,
      typeCast: (field) => field.string('utf8') ?? undefined,
    })
    .stream({ highWaterMark: 64 });
  for await (const row of stream) yield row as readonly CellText[];
}
