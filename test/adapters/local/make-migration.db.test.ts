import { describe, expect, it } from 'vitest';
import { makeMigration } from '../../../src/adapters/local/make-migration.ts';
import { loadMigrationsFolder } from '../../../src/adapters/local/migrations-folder.ts';
import { createDatabase } from '../../support/database.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { plainKnex } from '../../support/plain-knex.ts';

describe.each(['module', 'commonjs'])('in a package of type %s, a new migration', (type) => {
  it.each(['ts', 'js'] as const)(
    'a new migration in %s runs up and down without changes',
    async (language) => {
      const directory = await fixtureFolder({ 'package.json': JSON.stringify({ type }) });
      const names = [
        'create_tasks',
        'add_priority_to_tasks',
        'backfill_priorities',
        'remove_priority_from_tasks',
      ];
      for (const name of names) {
        await makeMigration({ directory, name, language, now: new Date() });
      }
      const database = await createDatabase('made');
      const knex = plainKnex(database, await loadMigrationsFolder(directory));

      const [, applied] = await knex.migrate.latest();
      expect(applied).toHaveLength(names.length);
      expect(await database.query('SELECT COUNT(created_at) AS n FROM tasks')).toEqual([{ n: 0 }]);
      const [, reverted] = await knex.migrate.rollback();
      expect(reverted).toHaveLength(names.length);
      expect(await database.query("SHOW TABLES LIKE 'tasks'")).toEqual([]);
    },
  );
});
