// Drops everything that seed.js created: the tenants' databases and users, and the tables of the central database.
const { usingCentral } = require('../src/central');
const { tenants } = require('./world');

usingCentral(async (central) => {
  for (const { dbName, dbUser } of tenants) {
    await central.query(`DROP DATABASE IF EXISTS \`${dbName}\``);
    await central.query("DROP USER IF EXISTS ?@'%'", [dbUser]);
  }
  await central.query('DROP TABLE IF EXISTS users, tenants, _prisma_migrations');
}).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
