import knex from 'knex';
import { centralMigrationSource } from '../../src/adapters/knex/central-migration-source.ts';
import { send, usingConnection } from '../connection.ts';
import type { ServerLogin } from '../server-login.ts';

const ROWS_PER_STATEMENT = 10_000;
const HOSTS = 20;

/** Makes the tables of a central database by its migrations. */
export async function makeCentralTables(
  login: ServerLogin & { readonly database: string },
): Promise<void> {
  const instance = knex({
    client: 'mysql2',
    connection: { ...login },
    migrations: { migrationSource: centralMigrationSource(true) },
  });
  try {
    await instance.migrate.latest();
  } finally {
    await instance.destroy();
  }
}

/**
 * Makes a central database and fills it with synthetic tenants on {@link HOSTS} servers. Ids ascend as those of UUID
 * version 7 do, which also fills the table fast.
 *
 * @param schemaVersion recorded for every tenant, if it is given
 */
export async function fillCentralDatabase(
  login: ServerLogin,
  database: string,
  { tenants, schemaVersion }: { readonly tenants: number; readonly schemaVersion?: string },
  signal: AbortSignal,
): Promise<void> {
  await makeCentralTables({ ...login, database });
  await usingConnection(login, database, async (connection) => {
    for (let from = 0; from < tenants; from += ROWS_PER_STATEMENT) {
      signal.throwIfAborted();
      const to = Math.min(tenants, from + ROWS_PER_STATEMENT);
      await send(connection, insertRows(from, to));
      if (schemaVersion !== undefined)
        await send(connection, insertVersions(from, to), [schemaVersion]);
    }
    await send(connection, 'ANALYZE TABLE tenants');
  });
}

const ID = "CONCAT(LPAD(HEX(n), 8, '0'), '-0000-7000-8000-000000000000')";

/** Rows of tenants, numbered `from` up to, but not including, `to`. */
function insertRows(from: number, to: number): string {
  return `
    INSERT INTO tenants (id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword)
    SELECT ${ID},
           CONCAT('tenant-', n), CONCAT('Tenant ', n), 'ACTIVE',
           CONCAT('db-', n % ${HOSTS}, '.example.internal'), 3306,
           CONCAT('tenant_', n, '_db'), CONCAT('tenant_', n), REPEAT('0123456789abcdef', 4)
    FROM (${numbers(from, to)}) AS numbers`;
}

/** Rows of Fanfold's own table for the same tenants; the version is a binding. */
function insertVersions(from: number, to: number): string {
  return `INSERT INTO fanfold_tenants (tenantId, schemaVersion) SELECT ${ID}, ? FROM (${numbers(from, to)}) AS numbers`;
}

function numbers(from: number, to: number): string {
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(
    ' UNION ALL ',
  );
  const places = [1, 10, 100, 1_000].map((_, place) => `(${digits}) AS p${place}`).join(', ');
  return `
    SELECT n FROM (SELECT ${from} + p0.d + 10 * p1.d + 100 * p2.d + 1000 * p3.d AS n FROM ${places}) AS places
    WHERE n < ${to} ORDER BY n`;
}
