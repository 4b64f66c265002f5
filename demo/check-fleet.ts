import type { Connection, RowDataPacket } from 'mysql2/promise';
import { usingConnection } from './connection.ts';
import type { DemoTenant, Fleet } from './fleet.ts';
import { HAND_MADE_ROWS, MOVED_TABLE } from './hand-made-table.ts';
import { migrationIds } from './migration-ids.ts';
import { differenceBetween, NotAsDescribed } from './not-as-described.ts';

/** Reads every table and the column that comes last; the query fails if one is missing. */
const CONTENTS = `
  SELECT
    (SELECT COUNT(*) FROM users) AS users,
    (SELECT COUNT(*) FROM roles) AS roles,
    (SELECT COUNT(*) FROM apps) AS apps,
    (SELECT COUNT(priority) FROM tasks) AS tasks
`;

const NEW = { users: 0, roles: 0, apps: 0, tasks: 0 };
/** The rows that existed before, and for each person the role that a migration fills in. */
const IN_USE = { users: 3, roles: 3, apps: 1, tasks: 0 };

/**
 * Checks every tenant's database and the central one. Throws {@link NotAsDescribed} with all differences from
 * a fleet that is up to date.
 */
export async function checkFleet({ central, tenants }: Fleet): Promise<void> {
  const ids = await migrationIds();
  const found = await Promise.all(tenants.map((tenant) => checkTenant(tenant, ids)));
  const recorded = await usingConnection(central, (connection) =>
    rowsOf(
      connection,
      'SELECT slug FROM tenants JOIN fanfold_tenants ON tenantId = id WHERE schemaVersion IS NOT NULL ORDER BY slug',
    ),
  );
  const differences = [
    ...found.flat(),
    ...differenceBetween('Tenants recorded as migrated', recorded.length, tenants.length),
  ];
  if (differences.length > 0) throw new NotAsDescribed(differences);
}

/** A database that cannot be read is a difference, and the others are still checked. */
async function checkTenant(tenant: DemoTenant, ids: readonly string[]): Promise<string[]> {
  try {
    return await usingConnection(tenant.login, (connection) => compare(connection, tenant, ids));
  } catch (error) {
    return [`${tenant.name}: ${error instanceof Error ? error.message : error}`];
  }
}

async function compare(
  connection: Connection,
  { name, condition }: DemoTenant,
  ids: readonly string[],
): Promise<string[]> {
  // If plain Knex began, migrations keep the names that it recorded.
  const extension = condition === 'in-use' ? '.js' : '.ts';
  const [contents] = await rowsOf(connection, CONTENTS);
  const applied = await rowsOf(connection, 'SELECT name FROM knex_migrations ORDER BY id');
  return [
    ...differenceBetween(`Rows of ${name}`, contents, condition === 'in-use' ? IN_USE : NEW),
    ...differenceBetween(
      `Migrations of ${name}`,
      applied.map(({ name: id }) => id),
      ids.map((id) => `${id}${extension}`),
    ),
    ...(condition === 'table-in-the-way' ? await compareMoved(connection) : []),
  ];
}

async function compareMoved(connection: Connection): Promise<string[]> {
  const rows = await rowsOf(connection, `SELECT id, todo FROM ${MOVED_TABLE} ORDER BY id`);
  return differenceBetween(`Rows of ${MOVED_TABLE}`, rows, HAND_MADE_ROWS);
}

/** Plain objects, which compare equal to others. */
async function rowsOf(connection: Connection, sql: string): Promise<Record<string, unknown>[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  return rows.map((row) => ({ ...row }));
}
