import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMigrationsFolder } from '../../src/adapters/local/migrations-folder.ts';
import { bundleUpTo } from '../../src/core/bundle/bundle.ts';
import { checkMigrations } from '../../src/core/bundle/check-migrations.ts';
import { createDatabase } from '../support/database.ts';
import { plainKnex } from '../support/plain-knex.ts';

const bundle = await loadMigrationsFolder(join(import.meta.dirname, '../../demo/migrations'));

const TABLES = ['apps', 'roles', 'tasks', 'users'];

describe('the sample migrations of a tenant', () => {
  it('the sample migrations of a tenant are valid, and all can be rolled back', async () => {
    await checkMigrations(bundle);
    for (const migration of bundle.migrations) {
      expect((await migration.load()).down, migration.id).toBeTypeOf('function');
    }
  });

  it('build the schema, roll it back, and build it again', async () => {
    const database = await createDatabase('samples');
    const knex = plainKnex(database, bundle);
    const tables = async () => {
      const rows = await database.query('SHOW TABLES');
      return rows
        .map((row) => String(Object.values(row)[0]))
        .filter((name) => !name.startsWith('knex_'));
    };

    await knex.migrate.latest();
    expect(await tables()).toEqual(TABLES);
    const [built] = await database.query('SHOW CREATE TABLE tasks');
    await knex.migrate.rollback(undefined, true);
    expect(await tables()).toEqual([]);
    await knex.migrate.latest();
    expect(await database.query('SHOW CREATE TABLE tasks')).toEqual([built]);
  });

  it('give roles to users who have none, and remove only those when rolled back', async () => {
    const database = await createDatabase('samples');
    const before = bundleUpTo(bundle, '20250101090300_create_tasks');
    if (before === undefined) throw new Error('The migration is gone.');
    await plainKnex(database, before).migrate.latest();
    const people = ['ada', 'bob', 'cleo'].map((name) => `('${name}@example.org', '${name}')`);
    await database.query(`INSERT INTO users (email, display_name) VALUES ${people.join()}`);
    await database.query(
      "INSERT INTO apps (owner_id, slug, name) VALUES (1, 'a', 'A'), (1, 'b', 'B')",
    );
    await database.query("INSERT INTO roles (user_id, name) VALUES (2, 'member')");
    const roles = () =>
      database.query('SELECT user_id, name, granted_by FROM roles ORDER BY user_id');
    const byHand = [{ user_id: 2, name: 'member', granted_by: 'admin' }];
    const knex = plainKnex(database, bundle);

    await knex.migrate.up();
    expect(await roles()).toEqual([
      { user_id: 1, name: 'owner', granted_by: 'backfill' },
      ...byHand,
      { user_id: 3, name: 'member', granted_by: 'backfill' },
    ]);
    await knex.migrate.down();
    expect(await roles()).toEqual(byHand);
  });

  it('tasks are kept when their user is deleted, and dropped with their app', async () => {
    const database = await createDatabase('samples');
    await plainKnex(database, bundle).migrate.latest();
    await database.query(
      "INSERT INTO users (email, display_name) VALUES ('a@example.org', 'a'), ('b@example.org', 'b')",
    );
    await database.query("INSERT INTO apps (owner_id, slug, name) VALUES (1, 'a', 'A')");
    await database.query("INSERT INTO tasks (app_id, assignee_id, title) VALUES (1, 2, 'Write')");

    await database.query('DELETE FROM users WHERE id = 2');
    expect(await database.query('SELECT assignee_id, priority, status FROM tasks')).toEqual([
      { assignee_id: null, priority: 0, status: 'open' },
    ]);
    await expect(database.query('DELETE FROM users WHERE id = 1')).rejects.toThrow('foreign key');
    await database.query('DELETE FROM apps');
    expect(await database.query('SELECT id FROM tasks')).toEqual([]);
  });
});
