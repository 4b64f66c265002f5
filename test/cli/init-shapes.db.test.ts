import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { usingCentralTables } from '../../src/adapters/prisma/central-tables.ts';
import { proposeTenants } from '../../src/cli/init/propose-tenants.ts';
import type { InitOptions } from '../../src/cli/options/init-options.ts';
import { configSource } from '../../src/core/adoption/config-source.ts';
import { parseCentralDatabaseUrl } from '../../src/core/central/central-database-url.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const TAIL = 'created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL';

interface Shape {
  readonly title: string;
  readonly sql: readonly string[];
  readonly answers?: Partial<InitOptions>;
  /** `central.tenants`, or a part of the error. */
  readonly expected: object | string;
}

/** A proposed query: a column a line. */
function select(columns: string, rest: string): string {
  return `SELECT\n  ${columns.replaceAll(', ', ',\n  ')}\n${rest}`;
}

/** Tables of tenants as public repositories have them: names and types, in words of our own. */
const SHAPES: readonly Shape[] = [
  {
    title: "Prisma's, as the guide has it, needs no configuration",
    sql: [
      `CREATE TABLE tenants (id VARCHAR(191) PRIMARY KEY, name VARCHAR(191) NOT NULL,
        slug VARCHAR(191) NOT NULL UNIQUE, status ENUM('PROVISIONING','ACTIVE','SUSPENDED') NOT NULL,
        dbHost VARCHAR(191) NOT NULL, dbPort INTEGER NOT NULL DEFAULT 3306, dbName VARCHAR(191) NOT NULL,
        dbUser VARCHAR(191) NOT NULL, dbPassword VARCHAR(512) NOT NULL, createdAt DATETIME(3))`,
      'CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(191), password VARCHAR(191), name VARCHAR(191))',
    ],
    expected: { table: 'tenants' },
  },
  {
    title: "Prisma's with @map is mapped column by column",
    sql: [
      `CREATE TABLE organizations (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(191) NOT NULL,
        slug VARCHAR(191) NOT NULL UNIQUE, status ENUM('trial','active','cancelled') NOT NULL,
        db_host VARCHAR(191) NOT NULL, db_port INT NOT NULL, db_name VARCHAR(191) NOT NULL,
        db_user VARCHAR(191) NOT NULL, db_password_encrypted TEXT NOT NULL, ${TAIL})`,
    ],
    expected: {
      table: 'organizations',
      columns: {
        dbHost: 'db_host',
        dbPort: 'db_port',
        dbName: 'db_name',
        dbUser: 'db_user',
        dbPassword: 'db_password_encrypted',
      },
      active: 'active',
    },
  },
  {
    title: "Nest's with neither slug, port nor status is read by a query",
    sql: [
      `CREATE TABLE Tenant (id VARCHAR(191) PRIMARY KEY, name VARCHAR(191) NOT NULL, dbName VARCHAR(191) NOT NULL,
        dbHost VARCHAR(191) NOT NULL, dbUser VARCHAR(191) NOT NULL, dbPassword VARCHAR(191) NOT NULL)`,
    ],
    expected: {
      query: select(
        `id, id AS slug, name, 'ACTIVE' AS status, dbHost, dbName, dbUser, dbPassword`,
        `FROM Tenant`,
      ),
    },
  },
  {
    title: "Knex's with a uuid and a boolean",
    sql: [
      `CREATE TABLE tenants (id CHAR(36) PRIMARY KEY, name VARCHAR(255) NOT NULL, subdomain VARCHAR(255) NOT NULL UNIQUE,
        database_name VARCHAR(255) NOT NULL UNIQUE, db_host VARCHAR(255) NOT NULL, db_port INT NOT NULL,
        db_username VARCHAR(255) NOT NULL, db_password TEXT, is_active TINYINT(1) NOT NULL DEFAULT 1, ${TAIL})`,
      `INSERT INTO tenants VALUES ('a', 'A', 'a', 'a_db', 'h', 3306, 'u', 'p', 1, NULL, NULL)`,
    ],
    expected: {
      table: 'tenants',
      columns: {
        slug: 'subdomain',
        status: 'is_active',
        dbHost: 'db_host',
        dbPort: 'db_port',
        dbName: 'database_name',
        dbUser: 'db_username',
        dbPassword: 'db_password',
      },
      active: '1',
    },
  },
  {
    title: "Laravel's, with the words of its connections",
    sql: [
      `CREATE TABLE companies (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, company_name VARCHAR(255) NOT NULL,
        code VARCHAR(20) NOT NULL UNIQUE, email VARCHAR(255), host VARCHAR(255) NOT NULL, port INT NOT NULL,
        \`database\` VARCHAR(255) NOT NULL, username VARCHAR(255) NOT NULL, password TEXT, enabled TINYINT(1), ${TAIL})`,
      `CREATE TABLE migrations (id INT PRIMARY KEY, migration VARCHAR(255), batch INT)`,
    ],
    expected: {
      table: 'companies',
      columns: {
        slug: 'code',
        name: 'company_name',
        status: 'enabled',
        dbHost: 'host',
        dbPort: 'port',
        dbName: 'database',
        dbUser: 'username',
        dbPassword: 'password',
      },
      active: '1',
    },
  },
  {
    title: 'rows that were deleted softly are left out',
    sql: [
      `CREATE TABLE workspaces (workspace_id INT AUTO_INCREMENT PRIMARY KEY, slug VARCHAR(190) UNIQUE, title VARCHAR(190),
        mysql_host VARCHAR(190), mysql_port INT, mysql_database VARCHAR(64), mysql_user VARCHAR(64),
        mysql_password VARCHAR(255), deleted_at TIMESTAMP NULL)`,
    ],
    expected: {
      query: select(
        `workspace_id AS id, slug, title AS name, 'ACTIVE' AS status, mysql_host AS dbHost, mysql_port AS dbPort, mysql_database AS dbName, mysql_user AS dbUser, mysql_password AS dbPassword`,
        `FROM workspaces\nWHERE deleted_at IS NULL`,
      ),
    },
  },
  {
    title: 'logins in a table of their own are joined to the companies they belong to',
    sql: [
      `CREATE TABLE companies (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(190), slug VARCHAR(190) UNIQUE,
        status VARCHAR(20) NOT NULL DEFAULT 'active')`,
      `CREATE TABLE company_databases (id BIGINT AUTO_INCREMENT PRIMARY KEY, company_id BIGINT NOT NULL,
        db_name VARCHAR(190) NOT NULL, db_username VARCHAR(190) NOT NULL, db_password VARCHAR(255) NOT NULL,
        db_host VARCHAR(190) NOT NULL, db_port VARCHAR(10) NOT NULL, ${TAIL})`,
      `INSERT INTO companies (name, slug) VALUES ('A', 'a')`,
      `INSERT INTO company_databases (company_id, db_name, db_username, db_password, db_host, db_port)
        VALUES (1, 'a', 'a', 'a', 'a', '3306')`,
    ],
    expected: {
      query: select(
        `o.id AS id, o.slug AS slug, o.name AS name, o.status AS status, d.db_host AS dbHost, d.db_port AS dbPort, d.db_name AS dbName, d.db_username AS dbUser, d.db_password AS dbPassword`,
        `FROM companies AS o\nJOIN company_databases AS d ON d.company_id = o.id`,
      ),
      active: 'active',
    },
  },
  {
    title: 'a status that is a number takes an answer',
    sql: [
      `CREATE TABLE tenants (id INT AUTO_INCREMENT PRIMARY KEY, tenant_name VARCHAR(100), tenant_code VARCHAR(20) UNIQUE,
        tenant_status TINYINT NOT NULL DEFAULT 1, db_name VARCHAR(100), db_host VARCHAR(60), db_port INT,
        db_username VARCHAR(100), db_password VARCHAR(255))`,
      `INSERT INTO tenants (tenant_name, tenant_code, tenant_status) VALUES ('A', 'a', 0), ('B', 'b', 1), ('C', 'c', 2)`,
    ],
    expected: 'ActiveStatusUnclear',
  },
  {
    title: 'a status that is the key of another table takes one too',
    sql: [
      `CREATE TABLE tenants (id INT AUTO_INCREMENT PRIMARY KEY, slug VARCHAR(20) UNIQUE, status_id INT NOT NULL,
        dbName VARCHAR(100), dbHost VARCHAR(60), dbUser VARCHAR(100), dbPassword VARCHAR(255))`,
      "INSERT INTO tenants (slug, status_id) VALUES ('a', 1)",
    ],
    expected: 'ActiveStatusUnclear',
  },
  {
    title: 'whoever is gone by several columns is left out by all of them',
    sql: [
      `CREATE TABLE shops (id INT AUTO_INCREMENT PRIMARY KEY, slug VARCHAR(20) UNIQUE, status VARCHAR(20),
        dbName VARCHAR(100), dbHost VARCHAR(60), dbUser VARCHAR(100), dbPassword VARCHAR(255),
        suspended_at DATETIME NULL, is_deleted TINYINT(1) NOT NULL DEFAULT 0)`,
      "INSERT INTO shops (slug, status) VALUES ('a', 'active')",
    ],
    expected: {
      query: select(
        'id, slug, status, dbHost, dbName, dbUser, dbPassword',
        `FROM shops\nWHERE suspended_at IS NULL AND COALESCE(is_deleted, 0) = 0`,
      ),
      active: 'active',
    },
  },
  {
    title: 'and is read by the answer',
    sql: [
      `CREATE TABLE tenants (id INT AUTO_INCREMENT PRIMARY KEY, tenant_name VARCHAR(100), tenant_code VARCHAR(20) UNIQUE,
        tenant_status TINYINT NOT NULL DEFAULT 1, dbName VARCHAR(100), dbHost VARCHAR(60), dbPort INT,
        dbUser VARCHAR(100), dbPassword VARCHAR(255))`,
    ],
    answers: { active: ['1', '3'] },
    expected: {
      table: 'tenants',
      columns: { slug: 'tenant_code', name: 'tenant_name', status: 'tenant_status' },
      active: ['1', '3'],
    },
  },
  {
    title: 'a key that is not called id, a boolean in Spanish, and a port that is text',
    sql: [
      `CREATE TABLE clientes (cliente_id INT AUTO_INCREMENT PRIMARY KEY, codigo VARCHAR(20), code VARCHAR(20) UNIQUE,
        nombre VARCHAR(190), db_host VARCHAR(190), db_port VARCHAR(10), db_name VARCHAR(190),
        db_user VARCHAR(190), db_pass VARCHAR(255), activo TINYINT(1) NOT NULL DEFAULT 1)`,
    ],
    expected: {
      table: 'clientes',
      columns: {
        id: 'cliente_id',
        slug: 'code',
        name: 'nombre',
        status: 'activo',
        dbHost: 'db_host',
        dbPort: 'db_port',
        dbName: 'db_name',
        dbUser: 'db_user',
        dbPassword: 'db_pass',
      },
      active: '1',
    },
  },
  {
    title: 'a flag that says the opposite',
    sql: [
      `CREATE TABLE accounts (id INT PRIMARY KEY, slug VARCHAR(190) UNIQUE, name VARCHAR(190), dbHost VARCHAR(190),
        dbPort INT, dbName VARCHAR(190), dbUser VARCHAR(190), dbPassword VARCHAR(255), suspended TINYINT(1) NOT NULL)`,
      `INSERT INTO accounts VALUES (1, 'a', 'A', 'h', 1, 'd', 'u', 'p', 0), (2, 'b', 'B', 'h', 1, 'd', 'u', 'p', 1)`,
    ],
    expected: { table: 'accounts', columns: { status: 'suspended' }, active: '0' },
  },
  {
    title: 'a view that has the nine names is as good as a table',
    sql: [
      `CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(190) UNIQUE, h VARCHAR(190), n VARCHAR(190), u VARCHAR(190), w VARCHAR(255))`,
      `CREATE VIEW fleet AS SELECT a AS id, b AS slug, b AS name, 'ACTIVE' AS status, h AS dbHost, 3306 AS dbPort,
        n AS dbName, u AS dbUser, w AS dbPassword FROM t`,
    ],
    expected: { table: 'fleet' },
  },
  {
    title: 'two tables that can be it are named, with the flag that chooses',
    sql: ['tenants', 'legacy_tenants'].map(
      (
        name,
      ) => `CREATE TABLE ${name} (id INT PRIMARY KEY, slug VARCHAR(190) UNIQUE, status VARCHAR(20), dbHost VARCHAR(190),
        dbPort INT, dbName VARCHAR(190), dbUser VARCHAR(190), dbPassword VARCHAR(255))`,
    ),
    expected: 'TenantsTableAmbiguous',
  },
  {
    title: 'a login that is one URL is no mapping of columns',
    sql: [
      'CREATE TABLE tenants (id INT PRIMARY KEY, slug VARCHAR(190) UNIQUE, db_url VARCHAR(255) NOT NULL)',
    ],
    expected: 'holds the whole login in db_url',
  },
  {
    title: 'a table without the login of each tenant says what it lacks',
    sql: [
      `CREATE TABLE tenants (id BIGINT PRIMARY KEY, name VARCHAR(190), domain VARCHAR(190) UNIQUE, \`database\` VARCHAR(190),
        db_user VARCHAR(20), db_password VARCHAR(90))`,
    ],
    expected: 'tenants lacks the host (dbHost)',
  },
  {
    title: 'a table without a key of one column is refused',
    sql: [
      `CREATE TABLE tenants (slug VARCHAR(190), dbHost VARCHAR(190), dbName VARCHAR(190), dbUser VARCHAR(190),
        dbPassword VARCHAR(255))`,
    ],
    answers: { table: 'tenants' },
    expected: 'no primary key of one column',
  },
  {
    title: 'two columns for one thing are named',
    sql: [
      `CREATE TABLE tenants (id INT PRIMARY KEY, slug VARCHAR(190) UNIQUE, dbHost VARCHAR(190), db_host VARCHAR(190),
        dbName VARCHAR(190), dbUser VARCHAR(190), dbPassword VARCHAR(255))`,
    ],
    expected: '--column dbHost=dbHost',
  },
  {
    title: 'an empty database names what makes a new fleet',
    sql: [],
    expected: 'fanfold migrate:latest',
  },
];

describe('a table of tenants', () => {
  let database: TestDatabase;
  let connection: Connection;
  beforeAll(async () => {
    database = await createDatabase('init_shape');
    connection = await database.connection();
    await connection.query('SET foreign_key_checks = 0');
  });
  afterEach(async () => {
    const [rows] = await connection.query<RowDataPacket[]>('SHOW FULL TABLES');
    for (const [name, kind] of rows.map((row) => Object.values(row))) {
      await connection.query(`DROP ${kind === 'VIEW' ? 'VIEW' : 'TABLE'} ${name}`);
    }
  });

  it.each(SHAPES)('$title', async ({ sql, answers = {}, expected }) => {
    for (const statement of sql) await connection.query(statement);
    const login = parseCentralDatabaseUrl(database.url);
    const proposed = usingCentralTables({ login }, (central) =>
      proposeTenants(central, answers as InitOptions, undefined),
    ).then(
      ({ mapping }) => mapping,
      ({ code, message, nextStep }) => `${code}: ${message} ${nextStep}`,
    );
    if (typeof expected === 'string') expect(await proposed).toContain(expected);
    else expect(await proposed).toEqual(expected);
  });
});

it('init writes a configuration as people write it', () => {
  const tenants = { query: "SELECT id, `key` AS slug, 'it''s'\nFROM t", active: ['a', 'b'] };
  expect(configSource({ tenants, migrationsFolder: './db/tenant' }, 'typescript')).toBe(
    [
      "import { defineConfig } from 'fanfold';",
      '',
      'export default defineConfig({',
      '  central: {',
      '    tenants: {',
      '      query: `',
      "        SELECT id, \\`key\\` AS slug, 'it''s'",
      '        FROM t',
      '      `,',
      "      active: ['a', 'b'],",
      '    },',
      '  },',
      '  migrations: {',
      "    folder: './db/tenant',",
      '  },',
      '});',
      '',
    ].join('\n'),
  );
});
