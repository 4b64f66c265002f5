import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { repository } from '../../../scripts/repository.mjs';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { projectFolder } from '../../support/project-folder.ts';
import { UPPER_CASE_PROJECT } from '../../support/upper-case-project.ts';

// Real objection, real seeds, and the Knex that the project has: once by plain Knex, once by Fanfold.

const run = promisify(execFile);

/** The project as its compiler writes it: plain Knex runs JavaScript. */
async function compiled(): Promise<Record<string, string>> {
  const files = await Promise.all(
    Object.entries(UPPER_CASE_PROJECT).map(async ([name, text]) => {
      const { code } = await transform(text, { loader: 'ts', format: 'cjs' });
      return [
        name.replace(/\.ts$/, '.js'),
        code.replaceAll(".ts'", ".js'").replaceAll('.ts"', '.js"'),
      ];
    }),
  );
  return Object.fromEntries(files);
}

async function byPlainKnex(
  database: TestDatabase,
  packages: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = await projectFolder(await compiled(), { knex: 'knex', ...packages });
  await evaluate(
    folder,
    `
    const { default: makeKnex } = await import('knex');
    const { default: config } = await import('./knexfile.js');
    const knex = makeKnex({ ...config.default.production, connection: { ...config.default.production.connection, ${loginOf(database)} } });
    await knex.migrate.latest();
    await knex.destroy();`,
  );
}

async function byFanfold(
  database: TestDatabase,
  packages: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = await projectFolder(UPPER_CASE_PROJECT, packages);
  const module = JSON.stringify(join(repository, 'src/api/run-tenant-migrations.ts'));
  await evaluate(
    folder,
    `
    const { runTenantMigrations } = await import(${module});
    await runTenantMigrations({ ${loginOf(database)} });`,
  );
}

function loginOf({ host, port, user, password, database }: TestDatabase): string {
  return JSON.stringify({ host, port, user, password, database }).slice(1, -1);
}

async function evaluate(cwd: string, code: string): Promise<void> {
  await run(process.execPath, ['--input-type=module', '--eval', code], { cwd });
}

/** Definitions and rows of all tables but those of Fanfold, in its own words. */
async function contentsOf(database: TestDatabase): Promise<unknown> {
  const tables = await database.query(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE 'fanfold%' ORDER BY BINARY table_name",
  );
  const connection = await database.connection();
  const found: unknown[] = [];
  for (const { name } of tables) {
    const [definition] = await connection.query('SHOW CREATE TABLE ??', [name]);
    const [rows] = await connection.query('SELECT * FROM ??', [name]);
    found.push({ definition, rows: rows as unknown[] });
  }
  const text = JSON.stringify(found, (key, value) => (key === 'migration_time' ? 'then' : value));
  // Plain Knex has run what a compiler made of the same files.
  return JSON.parse(text.replaceAll('.ts"', '.js"'));
}

describe("a project with objection's mappers in upper case, with seeds", () => {
  it.each([
    ['knex-2-5', { knex: 'knex-2-5' }],
    ['knex-3-0', { knex: 'knex-3-0' }],
    ['none of its own', {}],
  ])(
    "a project with objection's mappers in upper case, with seeds, has the same databases with Fanfold as with plain Knex: %s",
    async (_, knex) => {
      const [plain, ours] = await Promise.all([createDatabase('plain'), createDatabase('ours')]);
      const packages = { ...knex, objection: 'objection', mysql2: 'mysql2' };
      await Promise.all([byPlainKnex(plain, packages), byFanfold(ours, packages)]);
      const expected = await contentsOf(plain);
      expect(await contentsOf(ours)).toEqual(expected);
      expect(JSON.stringify(expected)).toContain('ITEMS_CATEGORIES');
      expect(JSON.stringify(expected)).toContain('has ');
      expect(JSON.stringify(expected)).toContain('late');
    },
    60_000,
  );
});
