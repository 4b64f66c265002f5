import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import {
  type CentralDatabase,
  usingCentralDatabase,
} from '../../src/adapters/prisma/central-database.ts';
import type { TenantsMapping } from '../../src/core/central/tenants-mapping.ts';
import { createDatabase, type TestDatabase } from './database.ts';

/** A central database with its tables and no rows. */
export async function createCentralDatabase(): Promise<TestDatabase> {
  const database = await createDatabase('central');
  await migrateCentralLatest({ login: database });
  return database;
}

/** Connects to a central database of a test for the time of `work`. */
export function asking<Result>(
  database: TestDatabase,
  work: (central: CentralDatabase) => Promise<Result>,
  tenants?: TenantsMapping,
): Promise<Result> {
  return usingCentralDatabase({ login: database, tenants }, work);
}

/** Columns of a row of `tenants`; the rest is filled in, unless the database does. */
export interface GivenTenant {
  readonly id?: string;
  readonly slug: string;
  readonly status?: string;
  readonly dbHost?: string;
  readonly dbPort?: number;
}

/** Inserts rows as people do, by SQL. */
export async function insertTenants(
  database: TestDatabase,
  tenants: readonly GivenTenant[],
): Promise<void> {
  const rows = tenants.map(({ slug, id, status = 'ACTIVE', dbHost = 'db1', dbPort = 3306 }) => [
    ...(id === undefined ? [] : [id]),
    ...[slug, `Name of ${slug}`, status, dbHost, dbPort, 'name', 'user', 'ciphertext'],
  ]);
  const id = tenants[0]?.id === undefined ? '' : 'id, ';
  await database.query(
    `INSERT INTO tenants (${id}slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES ?`,
    [rows],
  );
}
