import { describe, expect, it } from 'vitest';
import type { TenantsMapping } from '../../src/core/central/tenants-mapping.ts';
import { resolveName } from '../../src/core/list/resolve-names.ts';
import { asking } from '../support/central-database.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { collect } from '../support/fleet.ts';
import { testServer } from '../support/server.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const LOGIN =
  'dbHost VARCHAR(99), dbPort INT, dbName VARCHAR(99), dbUser VARCHAR(99), dbPassword VARCHAR(255)';
const GOOD = `CREATE TABLE tenants (id INT PRIMARY KEY, slug VARCHAR(50), name VARCHAR(50), status VARCHAR(50), ${LOGIN})`;

async function databaseWith(...statements: readonly string[]): Promise<TestDatabase> {
  const database = await createDatabase('bad');
  const root = await testServer().rootConnection();
  await root.query(`USE \`${database.database}\``);
  // With a binary log, functions are for administrators to make.
  for (const statement of statements) await root.query(statement);
  await root.end();
  return database;
}

interface BadInput {
  readonly is: string;
  readonly tables: readonly string[];
  readonly mapping?: TenantsMapping;
  readonly code: string;
  /** Parts of the message and the next step. */
  readonly says: readonly string[];
}

const SELECT =
  'SELECT id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword FROM tenants';

const BAD: readonly BadInput[] = [
  {
    is: 'no table of tenants, and one that may hold them',
    tables: [
      'CREATE TABLE invoices (id INT PRIMARY KEY)',
      'CREATE TABLE companies (id INT PRIMARY KEY, db_host VARCHAR(9), db_name VARCHAR(9), db_password VARCHAR(9))',
    ],
    code: 'TenantsTableMissing',
    says: [
      'no table or view "tenants"',
      'companies, invoices',
      'companies may hold the tenants',
      'fanfold init',
      'central.tenants',
    ],
  },
  {
    is: 'no table of tenants, and two that may hold them',
    tables: [
      'CREATE TABLE companies (id INT PRIMARY KEY, db_host VARCHAR(9), db_name VARCHAR(9), db_password VARCHAR(9))',
      'CREATE TABLE shops (id INT PRIMARY KEY, hostname VARCHAR(9), `database` VARCHAR(9), pwd VARCHAR(9))',
    ],
    code: 'TenantsTableAmbiguous',
    says: ['companies, shops', 'fanfold init'],
  },
  {
    is: 'a table Tenant, as Prisma names a model',
    tables: [GOOD.replace('TABLE tenants', 'TABLE Tenant').replace('dbPassword', 'secretKey')],
    code: 'TenantsTableMissing',
    says: ['"tenants"', 'Tenant'],
  },
  {
    is: 'columns of other names',
    tables: [
      'CREATE TABLE tenants (id INT PRIMARY KEY, slug VARCHAR(9), status VARCHAR(9), db_host VARCHAR(9), dbName VARCHAR(9), dbUser VARCHAR(9), dbPass VARCHAR(9))',
    ],
    code: 'TenantsColumnsMissing',
    says: [
      'no columns dbHost, dbPassword',
      'It has id, slug, status, db_host',
      'db_host',
      'fanfold init',
    ],
  },
  {
    is: 'a mapping that names a column that is not there',
    tables: [GOOD],
    mapping: { table: 'tenants', columns: { dbHost: 'db_hots', name: 'title' } },
    code: 'TenantsColumnsMissing',
    says: ['title (for name), db_hots (for dbHost)', 'dbHost', 'central.tenants.columns'],
  },
  {
    is: 'a mapping that names a table that is not there',
    tables: [GOOD],
    mapping: { table: 'tennants' },
    code: 'TenantsTableMissing',
    says: ['"tennants"', 'Did you mean "tenants"?'],
  },
  {
    is: 'no key',
    tables: [GOOD.replace('INT PRIMARY KEY', 'INT')],
    code: 'TenantsKeyMissing',
    says: ['no key makes it unique', 'central.tenants.columns.id'],
  },
  {
    is: 'a key of two columns',
    tables: [GOOD.replace('INT PRIMARY KEY', 'INT').replace(/\)$/, ', PRIMARY KEY (id, slug))')],
    code: 'TenantsKeyMissing',
    says: ['no key makes it unique'],
  },
  {
    is: 'a unique column that a row leaves out',
    tables: [
      GOOD.replace('INT PRIMARY KEY', 'INT NULL UNIQUE'),
      "INSERT INTO tenants (id, slug, status) VALUES (NULL, 'acme', 'ACTIVE'), (NULL, 'beta', 'ACTIVE')",
    ],
    code: 'TenantsKeyMissing',
    says: ['a row has none'],
  },
  {
    is: 'a view with one id twice',
    tables: [
      GOOD,
      "INSERT INTO tenants (id, slug, status) VALUES (1, 'acme', 'ACTIVE'), (2, 'beta', 'ACTIVE')",
      'CREATE VIEW twice AS SELECT 5 AS id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword FROM tenants',
    ],
    mapping: { table: 'twice' },
    code: 'TenantsKeyMissing',
    says: ['several rows have "5"'],
  },
  {
    is: 'two active tenants with one slug',
    tables: [
      GOOD,
      "INSERT INTO tenants (id, slug, status) VALUES (1, 'acme', 'ACTIVE'), (2, 'acme', 'ACTIVE'), (3, 'Acme', 'ACTIVE')",
    ],
    code: 'TenantSlugsRepeated',
    says: ['"acme"', 'central.tenants.columns.slug'],
  },
  {
    is: 'a word for a status that is a number',
    tables: [GOOD.replace('status VARCHAR(50)', 'status TINYINT(1)')],
    code: 'TenantsActiveInvalid',
    says: ['never "ACTIVE"', "central.tenants.active: '1'"],
  },
  {
    is: 'a query that writes',
    tables: [GOOD],
    mapping: { query: 'DELETE FROM tenants' },
    code: 'TenantsQueryInvalid',
    says: ['it begins with DELETE'],
  },
  {
    is: 'a query behind which another stands',
    tables: [GOOD],
    mapping: { query: `${SELECT}; DELETE FROM tenants` },
    code: 'TenantsQueryInvalid',
    says: ['DELETE FROM tenants'],
  },
  {
    is: 'a query that closes its own bracket',
    tables: [GOOD],
    mapping: { query: `${SELECT}) AS t; DROP TABLE tenants; --` },
    code: 'TenantsQueryInvalid',
    says: ['DROP TABLE'],
  },
  {
    is: 'a query that locks rows',
    tables: [GOOD, "INSERT INTO tenants (id, slug) VALUES (1, 'acme')"],
    mapping: { query: `${SELECT} FOR UPDATE` },
    code: 'TenantsQueryInvalid',
    says: ['READ ONLY'],
  },
  {
    is: 'a query that calls what writes',
    tables: [
      GOOD,
      "INSERT INTO tenants (id, slug) VALUES (1, 'acme')",
      'CREATE FUNCTION counted() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN UPDATE tenants SET name = slug; RETURN 1; END',
    ],
    mapping: { query: SELECT.replace('SELECT id', 'SELECT counted() AS id') },
    code: 'TenantsQueryInvalid',
    says: ['READ ONLY'],
  },
  {
    is: 'a query that is no SQL',
    tables: [GOOD],
    mapping: { query: 'SELECT id FROM' },
    code: 'TenantsQueryInvalid',
    says: ['syntax'],
  },
  {
    is: 'a query that yields too little',
    tables: [GOOD],
    mapping: { query: 'SELECT id, slug FROM tenants' },
    code: 'TenantsColumnsMissing',
    says: ['status, dbHost, dbName, dbUser, dbPassword'],
  },
];

describe('a central database with', () => {
  it.each(BAD)(
    '$is is a named error before anything is done',
    async ({ tables, mapping, code, says }) => {
      const database = await databaseWith(...tables);

      const error = await rejectionOf(
        asking(
          database,
          async ({ directory }) => {
            await directory.count({});
            await collect(directory.listIds({}));
          },
          mapping,
        ),
      );

      expect(error).toMatchObject({ code, fault: 'configuration' });
      const { message, nextStep } = error as Error & { nextStep: string };
      for (const part of says) expect(`${message} ${nextStep}`).toContain(part);
      expect(message).not.toContain('\n');
    },
  );

  it('a slug that two tenants share is refused with both of them, and the id is accepted', async () => {
    const database = await databaseWith(
      GOOD,
      "INSERT INTO tenants (id, slug, name, status) VALUES (1, 'acme', 'Old', 'DELETED'), (22, 'acme', 'New', 'ACTIVE')",
    );

    await asking(database, async ({ directory }) => {
      expect(await rejectionOf(resolveName(directory, 'acme'))).toMatchObject({
        code: 'TenantAmbiguous',
        message: expect.stringContaining('(id 1, DELETED)'),
        nextStep: expect.stringContaining('"22"'),
      });
      expect(await resolveName(directory, '22')).toMatchObject({ name: 'New' });
      // A slug that a product has given away again is in nobody's way.
      expect(await collect(directory.listIds({}))).toEqual(['22']);
    });
  });

  it('a login of NULLs lists the tenant, for a failure of its own', async () => {
    const database = await databaseWith(
      GOOD,
      "INSERT INTO tenants (id, status) VALUES (1, 'ACTIVE')",
    );

    await asking(database, async ({ directory }) => {
      expect(await directory.findByIds(await collect(directory.listIds({})))).toMatchObject([
        {
          id: '1',
          slug: '1',
          name: '1',
          address: { host: '', port: 3306, database: '', user: '' },
          encryptedPassword: '',
        },
      ]);
    });
  });

  it('a stored ACTIVE is shown in quotes if the mapping has another word for it', async () => {
    const database = await databaseWith(
      GOOD,
      "INSERT INTO tenants (id, slug, status) VALUES (1, 'acme', 'ACTIVE'), (2, 'beta', 'live')",
    );

    await asking(
      database,
      async ({ directory, registry }) => {
        expect(await collect(directory.listIds({}))).toEqual(['2']);
        const statuses = (await collect(registry.list({}))).map(({ status }) => status);
        expect(statuses).toEqual(['"ACTIVE"', 'ACTIVE']);
      },
      { table: 'tenants', active: 'live' },
    );
  });
});

describe('a user who may not read', () => {
  it('our own table is reported, which may hold the user that migrates a tenant', async () => {
    const database = await databaseWith(GOOD, 'CREATE TABLE fanfold_tenants (tenantId INT)');
    const reader = await createDatabase('reader');
    await reader.grant(`SELECT ON \`${database.database}\`.tenants`);

    const error = await rejectionOf(
      asking({ ...reader, database: database.database }, ({ directory }) => directory.count({})),
    );

    expect(error).toMatchObject({ code: 'CentralDatabaseAccessDenied' });
    expect((error as Error).message).toContain('fanfold_tenants');
  });
});
