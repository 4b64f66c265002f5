// The default database, which is rarely used; the scripts connect to tenants by themselves.
module.exports = {
  client: 'mysql2',
  connection: process.env.CENTRAL_DATABASE_URL,
  migrations: {
    directory: './migrations/tenant',
  },
};
