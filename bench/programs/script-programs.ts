import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../scripts/repository.mjs';
import type { ServerLogin } from '../server-login.ts';
import { databaseUrl } from './database-url.ts';
import type { Program } from './program.ts';
import { type Format, migrationsFolder } from './write-migrations.ts';

/** A library has no program: these are the scripts that its documentation shows. */
interface Script {
  readonly name: string;
  readonly title: string;
  readonly format: Format;
  /** The text of the script, which reads `DATABASE_URL` and `MIGRATIONS`. */
  readonly text: string;
}

const KNEX: Script = {
  name: 'knex-script',
  title: "Knex in a script (the guide's way)",
  format: 'knex',
  text: `
    const knex = require('knex')({ client: 'mysql2', connection: process.env.DATABASE_URL });
    knex.migrate.latest({ directory: process.env.MIGRATIONS }).then(() => knex.destroy());`,
};

const UMZUG: Script = {
  name: 'umzug',
  title: 'umzug in a script, with a table of names',
  format: 'plain',
  text: `
    const { Umzug } = require('umzug');
    const { createConnection } = require('mysql2/promise');
    (async () => {
      const context = await createConnection(process.env.DATABASE_URL);
      const umzug = new Umzug({
        context,
        logger: undefined,
        migrations: {
          glob: ['*.json', { cwd: process.env.MIGRATIONS }],
          resolve: ({ name, path }) => ({
            name,
            up: async () => { for (const sql of require(path)) await context.query(sql); },
          }),
        },
        storage: {
          async executed() {
            await context.query('CREATE TABLE IF NOT EXISTS umzug (name VARCHAR(190) PRIMARY KEY)');
            const [rows] = await context.query('SELECT name FROM umzug');
            return rows.map(({ name }) => name);
          },
          logMigration: ({ name }) => context.query('INSERT INTO umzug VALUES (?)', [name]),
          unlogMigration: ({ name }) => context.query('DELETE FROM umzug WHERE name = ?', [name]),
        },
      });
      await umzug.up();
      await context.end();
    })();`,
};

const DRIZZLE: Script = {
  name: 'drizzle',
  title: 'drizzle in a script',
  format: 'drizzle',
  text: `
    const { drizzle } = require('drizzle-orm/mysql2');
    const { migrate } = require('drizzle-orm/mysql2/migrator');
    const { createConnection } = require('mysql2/promise');
    (async () => {
      const connection = await createConnection(process.env.DATABASE_URL);
      await migrate(drizzle(connection), { migrationsFolder: process.env.MIGRATIONS });
      await connection.end();
    })();`,
};

/** Knex as the guide runs it, with the packages of this checkout. */
export function knexScript(login: ServerLogin, folder: string): Promise<Program> {
  return scriptProgram(KNEX, login, folder, join(repository, 'node_modules'));
}

/** Scripts over libraries that are installed in a folder of packages. */
export function peerScripts(
  login: ServerLogin,
  folder: string,
  packages: string,
): Promise<Program[]> {
  return Promise.all(
    [UMZUG, DRIZZLE].map((script) => scriptProgram(script, login, folder, packages)),
  );
}

/** Names of the programs that need packages, with their titles. */
export const PEER_SCRIPTS = [UMZUG, DRIZZLE].map(({ name, title }) => ({ name, title }));

async function scriptProgram(
  { name, title, format, text }: Script,
  login: ServerLogin,
  folder: string,
  packages: string,
): Promise<Program> {
  const file = join(folder, 'scripts', `${name}.cjs`);
  await mkdir(join(folder, 'scripts'), { recursive: true });
  const from = JSON.stringify(join(packages, 'script.cjs'));
  await writeFile(file, `require = require('node:module').createRequire(${from});${text}\n`);
  return {
    name,
    title,
    migrate: (database, state) => ({
      file: process.execPath,
      args: [file],
      env: {
        DATABASE_URL: databaseUrl(login, database),
        MIGRATIONS: migrationsFolder(folder, format, state),
      },
    }),
  };
}
