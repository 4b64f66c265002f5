import { beforeAll, describe, expect, it } from 'vitest';
import { createCentralDatabase } from '../../support/central-database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { databaseFacts } from '../../support/schema/database-facts.ts';
import { centralSchema, prismaFacts } from '../../support/schema/prisma-facts.ts';
import type { SchemaFacts } from '../../support/schema/table-facts.ts';

let schema: SchemaFacts;
let database: TestDatabase;

beforeAll(async () => {
  schema = prismaFacts(centralSchema);
  database = await createCentralDatabase();
});

describe('the Prisma schema and the migrations of the central database', () => {
  it('the Prisma schema agrees with the central migrations on every column, key and foreign key', async () => {
    expect(schema).toEqual(await databaseFacts(database));
  });

  it('the Prisma schema describes the tables of a new fleet and those of Fanfold', () => {
    expect(Object.keys(schema)).toEqual(['tenants', 'fanfold_tenants', 'fanfold_pool', 'users']);
    expect(schema.tenants?.columns.slug).toBe('varchar(190) not null');
    expect(schema.tenants?.columns.updatedAt).toBe(
      'datetime(3) not null default now(3) on update now(3)',
    );
    expect(schema.tenants?.keys).toContain('index (status, dbHost, dbPort, id)');
  });

  it.each([
    ['a column is missing', 'ALTER TABLE fanfold_tenants DROP COLUMN lastRunId'],
    ['a column is added', 'ALTER TABLE tenants ADD COLUMN region VARCHAR(32) NULL'],
    ['a type differs', 'ALTER TABLE tenants MODIFY slug VARCHAR(191) NOT NULL'],
    ['nullability differs', 'ALTER TABLE tenants MODIFY dbPassword TEXT NULL'],
    ['a default is missing', 'ALTER TABLE tenants ALTER COLUMN dbPort DROP DEFAULT'],
    ['a default differs', "ALTER TABLE tenants ALTER COLUMN status SET DEFAULT 'ACTIVE'"],
    [
      'a column no longer updates itself',
      'ALTER TABLE tenants MODIFY updatedAt DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)',
    ],
    ['a unique key is missing', 'ALTER TABLE tenants DROP INDEX tenants_slug_key'],
    ['an index has other columns', 'CREATE INDEX another ON tenants (status)'],
    ['a foreign key is missing', 'ALTER TABLE users DROP FOREIGN KEY users_tenantId_fkey'],
    ['a table is added', 'CREATE TABLE regions (id INT PRIMARY KEY)'],
  ])('a difference is detected if %s in the database', async (_, alter) => {
    const altered = await createCentralDatabase();
    await altered.query(alter);

    expect(await databaseFacts(altered)).not.toEqual(schema);
  });
});
