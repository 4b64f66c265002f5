import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeMigration } from '../../../src/adapters/local/make-migration.ts';
import { loadMigrationsFolder } from '../../../src/adapters/local/migrations-folder.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

describe('the template of a backfill', () => {
  it.each([
    ['TypeScript', 'ts', 'module'],
    ['an ES module', 'js', 'module'],
    ['CommonJS', 'js', 'commonjs'],
  ] as const)(
    'in %s is a backfill for Fanfold, and a migration for plain Knex',
    async (_, language, type) => {
      const folder = await fixtureFolder({});
      await writeFile(join(folder, 'package.json'), JSON.stringify({ type }));
      const directory = join(folder, 'migrations');
      const name = 'fill_priority_of_tasks';
      const now = new Date('2026-12-01T12:00:00Z');
      const path = await makeMigration({ directory, name, language, now, isBackfill: true });
      expect(path).toMatch(/20261201120000_fill_priority_of_tasks\.(ts|js)$/);
      const { migrations } = await loadMigrationsFolder(directory);
      const module = await migrations[0]?.load();
      expect(module?.backfill).toEqual({
        table: 'tasks',
        where: 'priority IS NULL',
        update: "priority = 'value'",
      });
      const sent: unknown[] = [];
      await module?.up({ raw: async (...args: unknown[]) => sent.push(args) });
      expect(sent).toEqual([
        ["UPDATE ?? SET priority = 'value' WHERE priority IS NULL", ['tasks']],
      ]);
      expect(module?.down).toBeTypeOf('function');
    },
  );
});
