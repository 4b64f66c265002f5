const { join } = require('node:path');
const knex = require('knex');
const { decrypt } = require('./encryption');

/** Runs pending migrations of one tenant with plain Knex; `only` limits it to the first so many. */
exports.runTenantMigrations = async (tenant, only = Number.POSITIVE_INFINITY) => {
  const instance = knex({
    client: 'mysql2',
    connection: {
      host: tenant.dbHost,
      port: tenant.dbPort,
      user: tenant.dbUser,
      password: decrypt(tenant.dbPassword),
      database: tenant.dbName,
    },
    migrations: { directory: join(__dirname, '../migrations/tenant') },
  });
  try {
    if (only === Number.POSITIVE_INFINITY) {
      const [, names] = await instance.migrate.latest();
      return names;
    }
    for (let count = 0; count < only; count += 1) await instance.migrate.up();
    return [];
  } finally {
    await instance.destroy();
  }
};
