import type { Knex } from 'knex';

/** Creates the list of databases that are kept ready for new tenants. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE fanfold_pool (
      id CHAR(36) NOT NULL,
      state VARCHAR(32) NOT NULL,
      provisioning VARCHAR(32) NULL,
      dbHost VARCHAR(255) NOT NULL,
      dbPort SMALLINT UNSIGNED NOT NULL,
      dbName VARCHAR(64) NOT NULL,
      dbUser VARCHAR(80) NOT NULL,
      dbPassword TEXT NOT NULL,
      migrationUser VARCHAR(80) NULL,
      migrationPassword TEXT NULL,
      settings CHAR(64) NOT NULL,
      schemaVersion VARCHAR(64) NULL,
      statusReason TEXT NULL,
      PRIMARY KEY (id),
      KEY fanfold_pool_server (dbHost, dbPort)
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  `);
}

/** Refuses to drop the table while it lists databases, which nothing else knows. */
export async function down(knex: Knex): Promise<void> {
  const row = await knex('fanfold_pool').whereNot('state', 'TAKEN').first('dbName');
  if (row !== undefined) {
    throw new Error(
      `The table fanfold_pool lists the database ${row.dbName} among others, which would be lost. Run "fanfold tenant:pool --drain" first.`,
    );
  }
  await knex.schema.dropTable('fanfold_pool');
}
