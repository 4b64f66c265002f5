import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MigrationSource, migrationSources } from './migration-sources.ts';
import { STATES, type State } from './program.ts';

/** The ways in which programs want their migrations, and so the names of folders. */
export type Format = 'knex' | 'dbmate' | 'goose' | 'golang-migrate' | 'plain' | 'drizzle';

const WRITERS: Readonly<
  Record<Format, (migration: MigrationSource) => [name: string, text: string]>
> = {
  knex: ({ id, javascript }) => [`${id}.js`, javascript],
  dbmate: ({ id, statements }) => [
    `${id}.sql`,
    `-- migrate:up\n${sqlOf(statements)}\n-- migrate:down\n`,
  ],
  goose: ({ id, statements }) => [
    `${id}.sql`,
    `-- +goose Up\n${sqlOf(statements)}\n-- +goose Down\n`,
  ],
  'golang-migrate': ({ id, statements }) => [`${id}.up.sql`, sqlOf(statements)],
  plain: ({ id, statements }) => [`${id}.json`, JSON.stringify(statements)],
  drizzle: ({ id, statements }) => [`${id}.sql`, statements.join(';\n--> statement-breakpoint\n')],
};

function sqlOf(statements: readonly string[]): string {
  return `${statements.join(';\n')};\n`;
}

/** The folder with the migrations of a state in one format. */
export function migrationsFolder(folder: string, format: Format, state: State): string {
  return join(folder, 'migrations', format, state === 'fresh' ? 'fresh' : 'later');
}

/** Writes the migrations in every format: five of them, and for the later states one more. */
export async function writeMigrations(folder: string): Promise<void> {
  const sources = migrationSources();
  for (const format of Object.keys(WRITERS) as Format[]) {
    for (const state of STATES) {
      const shipped = state === 'fresh' ? sources.slice(0, -1) : sources;
      const target = migrationsFolder(folder, format, state);
      await mkdir(join(target, 'meta'), { recursive: true });
      for (const source of shipped) {
        const [name, text] = WRITERS[format](source);
        await writeFile(join(target, name), text);
      }
      if (format === 'drizzle') {
        await writeFile(join(target, 'meta/_journal.json'), drizzleJournal(shipped));
      }
    }
  }
}

function drizzleJournal(shipped: readonly MigrationSource[]): string {
  const entries = shipped.map(({ id }, idx) => ({
    ...{ idx, version: '5', tag: id, breakpoints: true },
    when: 1_735_700_000_000 + idx,
  }));
  return JSON.stringify({ version: '7', dialect: 'mysql', entries });
}
