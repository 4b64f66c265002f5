import type { Knex } from 'knex';

/**
 * The product's users. `tenantId` is null for operators, so deleting a tenant must not set it to null: that
 * would turn the tenant's users into operators.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE users (
      id CHAR(36) NOT NULL DEFAULT (uuid()),
      email VARCHAR(190) COLLATE utf8mb4_unicode_ci NOT NULL,
      name VARCHAR(255) NOT NULL,
      role VARCHAR(32) NOT NULL DEFAULT 'MEMBER',
      tenantId CHAR(36) NULL,
      createdAt DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
      updatedAt DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
      PRIMARY KEY (id),
      UNIQUE KEY users_email_key (email),
      KEY users_tenantId_idx (tenantId),
      CONSTRAINT users_tenantId_fkey FOREIGN KEY (tenantId) REFERENCES tenants (id)
        ON DELETE RESTRICT ON UPDATE RESTRICT
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  `);
}

/** Refuses to drop a table with users in it. */
export async function down(knex: Knex): Promise<void> {
  const user = await knex('users').first('id');
  if (user !== undefined) {
    throw new Error(
      'The table users holds users. Delete the rows first if dropping them is what you want.',
    );
  }
  await knex.schema.dropTable('users');
}
