import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../scripts/repository.mjs';
import type { ServerLogin } from '../server-login.ts';
import { databaseUrl } from './database-url.ts';
import type { Program } from './program.ts';
import { migrationsFolder } from './write-migrations.ts';

/** Knex's command line, with a knexfile that takes everything from the environment. */
export async function knexCommand(login: ServerLogin, folder: string): Promise<Program> {
  const knexfile = join(folder, 'knexfile.cjs');
  // The command line takes the Knex that the knexfile would.
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await symlink(join(repository, 'node_modules/knex'), join(folder, 'node_modules/knex'));
  await writeFile(
    knexfile,
    `module.exports = {
      client: 'mysql2',
      connection: process.env.DATABASE_URL,
      migrations: { directory: process.env.MIGRATIONS },
    };\n`,
  );
  return {
    name: 'knex',
    title: 'Knex, its command line',
    migrate: (database, state) => ({
      file: process.execPath,
      args: [
        join(repository, 'node_modules/knex/bin/cli.js'),
        ...['migrate:latest', '--knexfile', knexfile],
      ],
      env: {
        DATABASE_URL: databaseUrl(login, database),
        MIGRATIONS: migrationsFolder(folder, 'knex', state),
      },
    }),
  };
}
