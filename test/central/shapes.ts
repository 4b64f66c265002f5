import type { TenantsMapping } from '../../src/core/central/tenants-mapping.ts';

/** A central database as some product has it, and what is expected of reading and writing it. */
export interface Shape {
  readonly is: string;
  readonly tables: readonly string[];
  readonly mapping?: TenantsMapping;
  /** Of the tenant with the slug `acme`. */
  readonly id: string | RegExp;
  readonly port?: number;
  /** Statuses by slug, as people read them. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Result of adding an ACTIVE tenant, and of setting `acme` to SUSPENDED: an id, nothing, or a code. */
  readonly add: RegExp;
  readonly suspend: 'done' | 'TenantStatusRefused' | 'TenantsReadOnly';
  /** Result of storing another password for `acme`. */
  readonly change: 'done' | 'TenantsReadOnly';
  /** The status as it is stored once `acme` is set to ACTIVE again. */
  readonly activeWord?: string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Shapes of tables of tenants, after those that were found in public: schemas of Prisma, migrations of
 * Knex, Adonis and Laravel, and plain SQL. Names and types are theirs; rows are made up.
 */
export const SHAPES: readonly Shape[] = [
  {
    is: 'of Prisma: cuid, an ENUM with words of its own, updatedAt without a default',
    tables: [
      `CREATE TABLE tenants (id VARCHAR(191) NOT NULL, slug VARCHAR(191) NOT NULL, name VARCHAR(191) NOT NULL,
        status ENUM('PROVISIONING', 'ACTIVE', 'SUSPENDED', 'CLOSED') NOT NULL DEFAULT 'PROVISIONING',
        dbHost VARCHAR(191) NOT NULL, dbPort INTEGER NOT NULL DEFAULT 3306, dbName VARCHAR(191) NOT NULL,
        dbUser VARCHAR(191) NOT NULL, dbPassword TEXT NOT NULL,
        createdAt DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), updatedAt DATETIME(3) NOT NULL,
        UNIQUE INDEX tenants_slug_key(slug), PRIMARY KEY (id))
        DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
      'CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY)',
      `INSERT INTO tenants (id, slug, name, status, dbHost, dbName, dbUser, dbPassword, updatedAt) VALUES
        ('clx3k2q0a0000', 'acme', 'Acme', 'ACTIVE', 'db1', 'acme', 'acme', '00:11', '2026-01-01'),
        ('clx3k2q0a0001', 'beta', 'Beta', 'CLOSED', 'db1', 'beta', 'beta', '00:11', '2026-01-01')`,
    ],
    id: 'clx3k2q0a0000',
    statuses: { acme: 'ACTIVE', beta: 'CLOSED' },
    add: UUID,
    suspend: 'done',
    change: 'done',
  },
  {
    is: 'of Knex: increments, an ENUM that lacks FAILED, no port, timestamps()',
    tables: [
      `CREATE TABLE tenants (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL,
        slug VARCHAR(255) NOT NULL, db_host VARCHAR(255) NOT NULL, db_name VARCHAR(255) NOT NULL,
        db_user VARCHAR(255) NOT NULL, db_password VARCHAR(255) NOT NULL,
        status ENUM('ACTIVE', 'SUSPENDED', 'PROVISIONING') DEFAULT 'ACTIVE', plan VARCHAR(255) DEFAULT 'STARTER',
        created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
        updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)`,
      'ALTER TABLE tenants ADD UNIQUE tenants_slug_unique(slug), ADD UNIQUE tenants_db_name_unique(db_name)',
      `INSERT INTO tenants (id, name, slug, db_host, db_name, db_user, db_password, status) VALUES
        (7, 'Acme', 'acme', 'db1', 'acme', 'acme', '00:11', 'ACTIVE'),
        (10, 'Beta', 'beta', 'db2', 'beta', 'beta', '00:11', 'SUSPENDED')`,
    ],
    mapping: {
      table: 'tenants',
      columns: {
        dbHost: 'db_host',
        dbName: 'db_name',
        dbUser: 'db_user',
        dbPassword: 'db_password',
      },
    },
    id: '7',
    port: 3306,
    statuses: { acme: 'ACTIVE', beta: 'SUSPENDED' },
    add: /^11$/,
    suspend: 'done',
    change: 'done',
  },
  {
    is: 'of Adonis: companies with a subdomain, a flag is_active, BIGINT ids beyond 2^53',
    tables: [
      `CREATE TABLE companies (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(254) NOT NULL,
        subdomain VARCHAR(254) NOT NULL UNIQUE, db_database VARCHAR(254) NOT NULL UNIQUE,
        db_hostname VARCHAR(254) NOT NULL, db_port VARCHAR(10) NULL, db_username VARCHAR(254) NOT NULL,
        db_password VARCHAR(254) NOT NULL, is_active TINYINT(1) DEFAULT 1, created_at DATETIME NULL, updated_at DATETIME NULL)`,
      `INSERT INTO companies (id, name, subdomain, db_database, db_hostname, db_port, db_username, db_password, is_active) VALUES
        (9007199254740993, 'Acme', 'acme', 'acme', 'db1', '3307', 'acme', '00:11', 1),
        (9007199254740995, 'Beta', 'beta', 'beta', 'db1', NULL, 'beta', '00:11', 0),
        (9007199254740994, 'Gamma', 'gamma', 'gamma', 'db1', NULL, 'gamma', '00:11', NULL)`,
    ],
    mapping: {
      table: 'companies',
      columns: {
        slug: 'subdomain',
        status: 'is_active',
        dbHost: 'db_hostname',
        dbPort: 'db_port',
        dbName: 'db_database',
        dbUser: 'db_username',
        dbPassword: 'db_password',
      },
      active: '1',
    },
    id: '9007199254740993',
    port: 3307,
    statuses: { acme: 'ACTIVE', beta: '0', gamma: '' },
    add: /^9007199254740996$/,
    suspend: 'TenantStatusRefused',
    change: 'done',
    activeWord: '1',
  },
  {
    is: 'of Lucid: words in lower case, a column that only the product can fill',
    tables: [
      `CREATE TABLE tenants (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, owner_id INT NOT NULL, slug VARCHAR(255) NOT NULL UNIQUE,
        db_host VARCHAR(255) NOT NULL, db_port INT NOT NULL, db_name VARCHAR(255) NOT NULL, db_user VARCHAR(255) NOT NULL,
        db_password VARCHAR(255) NOT NULL, status VARCHAR(255) NOT NULL DEFAULT 'active',
        created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) DEFAULT CHARACTER SET latin1`,
      `INSERT INTO tenants (id, owner_id, slug, db_host, db_port, db_name, db_user, db_password, status) VALUES
        (1, 1, 'acme', 'db1', 3306, 'acme', 'acme', '00:11', 'active'),
        (2, 1, 'beta', 'db1', 3306, 'beta', 'beta', '00:11', 'trial')`,
    ],
    mapping: {
      table: 'tenants',
      columns: {
        dbHost: 'db_host',
        dbPort: 'db_port',
        dbName: 'db_name',
        dbUser: 'db_user',
        dbPassword: 'db_password',
      },
      active: ['active'],
    },
    id: '1',
    statuses: { acme: 'ACTIVE', beta: 'trial' },
    add: /^TenantsReadOnly$/,
    suspend: 'done',
    change: 'done',
    activeWord: 'active',
  },
  {
    is: 'with words of another language, two of which are active, and names that need quoting',
    tables: [
      "CREATE TABLE `prefeituras municipais` (`código` CHAR(25) NOT NULL PRIMARY KEY, `slug?` VARCHAR(100) NOT NULL UNIQUE, `nome` VARCHAR(100) NOT NULL, `status` ENUM('PENDENTE', 'CRIANDO', 'ATIVO', 'ATIVO*', 'ERRO', 'SUSPENSO') NOT NULL DEFAULT 'PENDENTE', `db``host` VARCHAR(255) NULL, `db port` INT DEFAULT 3306, `order` VARCHAR(100) NULL, `select` VARCHAR(100) NULL, `from` VARCHAR(255) NULL)",
      `INSERT INTO \`prefeituras municipais\` VALUES
        ('A1', 'acme', 'Acme', 'ATIVO', 'db1', 3306, 'acme', 'acme', '00:11'),
        ('a2', 'beta', 'Beta', 'ATIVO*', 'db1', 3306, 'beta', 'beta', '00:11'),
        ('A3', 'gamma', 'Gamma', 'ERRO', NULL, NULL, NULL, NULL, NULL)`,
    ],
    mapping: {
      table: 'prefeituras municipais',
      columns: {
        id: 'código',
        slug: 'slug?',
        name: 'nome',
        dbHost: 'db`host',
        dbPort: 'db port',
        dbName: 'order',
        dbUser: 'select',
        dbPassword: 'from',
      },
      active: ['ATIVO', 'ATIVO*'],
    },
    id: 'A1',
    statuses: { acme: 'ACTIVE', beta: 'ACTIVE', gamma: 'ERRO' },
    add: /^TenantsReadOnly$/,
    suspend: 'TenantStatusRefused',
    change: 'done',
    activeWord: 'ATIVO',
  },
  {
    is: 'of TypeORM: BINARY(16) ids, a ciphertext in a VARBINARY, a status in a TEXT',
    tables: [
      `CREATE TABLE tenant (id BINARY(16) NOT NULL PRIMARY KEY, slug VARCHAR(60) NOT NULL UNIQUE, name VARCHAR(60) NULL,
        status TINYTEXT NOT NULL, dbHost VARCHAR(60) NOT NULL, dbPort SMALLINT UNSIGNED NOT NULL, dbName VARCHAR(60) NOT NULL,
        dbUser VARCHAR(60) NOT NULL, dbPassword VARBINARY(500) NULL) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      `INSERT INTO tenant VALUES
        (x'018f3c1e7b2a7c3d9e4f5a6b7c8d9e0f', 'acme', NULL, 'ACTIVE', 'DB1', 3306, 'acme', 'acme', '00:11'),
        (x'018f3c1e7b2a7c3d9e4f5a6b7c8d9e10', 'beta', NULL, 'active', 'db1', 3306, 'beta', 'beta', NULL)`,
    ],
    mapping: { table: 'tenant' },
    id: '018f3c1e7b2a7c3d9e4f5a6b7c8d9e0f',
    statuses: { acme: 'ACTIVE', beta: 'active' },
    add: /^[0-9a-f]{32}$/,
    suspend: 'done',
    change: 'done',
  },
  {
    is: 'of Laravel: ids that are words, and the login in JSON, by a query',
    tables: [
      'CREATE TABLE tenants (id VARCHAR(255) NOT NULL PRIMARY KEY, created_at TIMESTAMP NULL, data JSON NULL)',
      `INSERT INTO tenants (id, data) VALUES
        ('acme', '{"tenancy_db_name": "acme", "tenancy_db_username": "acme", "tenancy_db_password": "00:11"}'),
        ('beta', '{"tenancy_db_name": "beta", "tenancy_db_username": "beta", "tenancy_db_password": "00:11", "off": "1"}')`,
    ],
    mapping: {
      query: `-- One server holds them all; what is it? 'db1'.
        SELECT id, id AS slug, id AS name, IF(JSON_EXTRACT(data, '$.off') IS NULL, 'ACTIVE', 'off?') AS status,
          'db1' AS dbHost, 3306 AS dbPort, JSON_UNQUOTE(JSON_EXTRACT(data, '$.tenancy_db_name')) AS dbName,
          JSON_UNQUOTE(JSON_EXTRACT(data, '$.tenancy_db_username')) AS dbUser,
          JSON_UNQUOTE(JSON_EXTRACT(data, '$.tenancy_db_password')) AS dbPassword
        FROM tenants; -- all`.replace(/; -- all$/, ';'),
    },
    id: 'acme',
    statuses: { acme: 'ACTIVE', beta: 'off?' },
    add: /^TenantsReadOnly$/,
    suspend: 'TenantsReadOnly',
    change: 'TenantsReadOnly',
  },
  {
    is: 'in two tables, by a join',
    tables: [
      'CREATE TABLE customers (id INT AUTO_INCREMENT PRIMARY KEY, handle VARCHAR(50) UNIQUE, title VARCHAR(50), closed_at DATETIME NULL)',
      `CREATE TABLE customer_databases (customer_id INT PRIMARY KEY, host VARCHAR(50), port INT, \`schema\` VARCHAR(50),
        username VARCHAR(50), secret VARCHAR(255))`,
      "INSERT INTO customers VALUES (3, 'acme', 'Acme', NULL), (4, 'beta', 'Beta', '2026-01-01')",
      "INSERT INTO customer_databases VALUES (3, 'db1', 3310, 'acme', 'acme', '00:11'), (4, 'db1', 3310, 'beta', 'beta', '00:11')",
    ],
    mapping: {
      query: `SELECT c.id, c.handle AS slug, c.title AS name, c.closed_at IS NULL AS status, d.host AS dbHost, d.port AS dbPort,
        d.\`schema\` AS dbName, d.username AS dbUser, d.secret AS dbPassword
        FROM customers AS c JOIN customer_databases AS d ON d.customer_id = c.id`,
      active: '1',
    },
    id: '3',
    port: 3310,
    statuses: { acme: 'ACTIVE', beta: '0' },
    add: /^TenantsReadOnly$/,
    suspend: 'TenantsReadOnly',
    change: 'TenantsReadOnly',
  },
  {
    is: 'behind a view that takes changes',
    tables: [
      `CREATE TABLE orgs (org_id CHAR(36) NOT NULL PRIMARY KEY, slug VARCHAR(50) NOT NULL UNIQUE, name VARCHAR(50), state VARCHAR(20) NOT NULL,
        host VARCHAR(50) NOT NULL, port INT NOT NULL DEFAULT 3306, db VARCHAR(50) NOT NULL, login VARCHAR(50) NOT NULL, secret VARCHAR(255) NOT NULL)`,
      `CREATE VIEW tenants AS SELECT org_id AS id, slug, name, state AS status, host AS dbHost, port AS dbPort, db AS dbName, login AS dbUser,
        secret AS dbPassword FROM orgs WHERE db <> ''`,
      "INSERT INTO orgs VALUES ('o-1', 'acme', 'Acme', 'ACTIVE', 'db1', 3306, 'acme', 'acme', '00:11'), ('o-2', 'beta', 'Beta', 'LEFT', 'db1', 3306, 'beta', 'beta', '00:11')",
    ],
    id: 'o-1',
    statuses: { acme: 'ACTIVE', beta: 'LEFT' },
    add: UUID,
    suspend: 'done',
    change: 'done',
  },
  {
    is: 'behind a view that takes none',
    tables: [
      `CREATE TABLE orgs (org_id INT NOT NULL PRIMARY KEY, slug VARCHAR(50) NOT NULL UNIQUE, state VARCHAR(20) NOT NULL, db VARCHAR(50) NOT NULL)`,
      `CREATE VIEW tenants AS SELECT MIN(org_id) AS id, slug, slug AS name, state AS status, 'db1' AS dbHost, db AS dbName, db AS dbUser,
        '00:11' AS dbPassword FROM orgs GROUP BY slug, state, db`,
      "INSERT INTO orgs VALUES (1, 'acme', 'ACTIVE', 'acme'), (2, 'beta', 'LEFT', 'beta')",
    ],
    id: '1',
    statuses: { acme: 'ACTIVE', beta: 'LEFT' },
    add: /^TenantsReadOnly$/,
    suspend: 'TenantsReadOnly',
    change: 'TenantsReadOnly',
  },
];
