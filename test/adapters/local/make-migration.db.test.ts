import { describe, expect, it } from 'vitest';
import { makeMigration } from '../../../src/adapters/local/make-migration.ts';
import { readMigrationSources } from '../../../src/adapters/local/migration-sources.ts';
import { loadMigrationsFolder } from '../../../src/adapters/local/migrations-folder.ts';
import { lintMigrations } from '../../../src/core/safety/lint/lint-migrations.ts';
import { recordBundle } from '../../../src/core/safety/record-bundle.ts';
import { createDatabase } from '../../support/database.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { plainKnex } from '../../support/plain-knex.ts';
import { scratchServer } from '../../support/scratch.ts';

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

it.each(['ts', 'js'] as const)(
  'no rule of the lint finds anything in new migrations in %s',
  async (language) => {
    const directory = await fixtureFolder({ 'package.json': '{"type":"module"}' });
    for (const name of ['create_tasks', 'add_priority_to_tasks', 'backfill_priorities']) {
      await makeMigration({ directory, name, language, now: new Date() });
    }
    const bundle = await loadMigrationsFolder(directory);
    const sources = await readMigrationSources(directory);
    const recording = await recordBundle(bundle, await scratchServer());
    const toLint = bundle.migrations.map(({ id }) => ({
      id,
      source: sources.get(id) ?? { file: '', tokens: [], allowed: [] },
      down: 'present' as const,
    }));
    // Also of those rules that are off by default.
    const report = lintMigrations(toLint, recording, { rules: { '*': 'error' }, allow: {} });
    expect(report.findings).toEqual([]);
    expect(report.withoutStatements).toBe(0);
    // The text of the file names the safe ways, and allows nothing.
    expect([...sources.values()].flatMap(({ allowed }) => allowed)).toEqual([]);
  },
);
