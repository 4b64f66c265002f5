// Creates the central database as `prisma migrate deploy` would, and 30 tenants on the same server.
const { createHash, randomBytes, randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { usingCentral } = require('../src/central');
const { encrypt } = require('../src/encryption');
const { runTenantMigrations } = require('../src/run-tenant-migrations');
const { tenants } = require('./world');

const INIT = '20250102090000_init';

/** Tenants that are created at a time. */
const AT_A_TIME = 6;

async function main() {
  await usingCentral(
    async (central) => {
      await applyPrismaMigration(central);
      await central.query(
        "INSERT INTO users (id, email, name, role, updatedAt) VALUES ('cm5guideoperator', 'ops@example.com', 'Operator', 'OPERATOR', NOW(3))",
      );
      for (let start = 0; start < tenants.length; start += AT_A_TIME) {
        const some = tenants.slice(start, start + AT_A_TIME);
        await Promise.all(some.map((tenant) => makeTenant(central, tenant)));
      }
    },
    { multipleStatements: true },
  );
  console.log(`✅ ${tenants.length} tenants`);
}

async function makeTenant(central, { applied, ...tenant }) {
  const { host, port } = central.config;
  const password = randomBytes(18).toString('base64url');
  await central.query(`CREATE DATABASE \`${tenant.dbName}\` CHARACTER SET utf8mb4`);
  await central.query("CREATE USER ?@'%' IDENTIFIED BY ?", [tenant.dbUser, password]);
  await central.query(`GRANT ALL PRIVILEGES ON \`${tenant.dbName}\`.* TO ?@'%'`, [tenant.dbUser]);
  const row = { ...tenant, dbHost: host, dbPort: port, dbPassword: encrypt(password) };
  await central.query('INSERT INTO tenants SET ?, updatedAt = NOW(3)', [row]);
  await runTenantMigrations(row, applied);
}

/** Runs Prisma's migration, and adds the row that marks it as applied. */
async function applyPrismaMigration(central) {
  const sql = readFileSync(join(__dirname, '../prisma/migrations', INIT, 'migration.sql'), 'utf8');
  await central.query(`
    CREATE TABLE _prisma_migrations (
      id VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum VARCHAR(64) NOT NULL,
      finished_at DATETIME(3),
      migration_name VARCHAR(255) NOT NULL,
      logs TEXT,
      rolled_back_at DATETIME(3),
      started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
      applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  await central.query(sql);
  await central.query(
    'INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) VALUES (?, ?, NOW(3), ?, 1)',
    [randomUUID(), createHash('sha256').update(sql).digest('hex'), INIT],
  );
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
