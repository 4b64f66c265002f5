import knex, { type Knex } from 'knex';
import type { ServerLogin } from '../server-login.ts';
import type { TenantMigration } from '../tenant-migrations.ts';

/** Knex as the guide's script configures it, one instance a tenant. */
export function knexInstance(
  login: ServerLogin,
  database: string,
  migrations: readonly TenantMigration[],
): Knex {
  return knex({
    client: 'mysql2',
    connection: { ...login, database },
    migrations: { migrationSource: new MemoryMigrationSource(migrations) },
  });
}

/** Migrations from memory, so that no way pays for reading files. */
class MemoryMigrationSource implements Knex.MigrationSource<TenantMigration> {
  readonly #migrations: readonly TenantMigration[];

  constructor(migrations: readonly TenantMigration[]) {
    this.#migrations = migrations;
  }

  async getMigrations(): Promise<TenantMigration[]> {
    return [...this.#migrations];
  }

  getMigrationName({ id }: TenantMigration): string {
    return `${id}.js`;
  }

  async getMigration(migration: TenantMigration): Promise<Knex.Migration> {
    return migration;
  }
}
