import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { EncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import type { ServerLogin } from '../server-login.ts';

/** The folder from which the command is run, as a user would have it. */
export interface FleetProject {
  readonly folder: string;
  readonly runStore: string;
  readonly env: Readonly<Record<string, string>>;
  /** The password of every tenant, encrypted. */
  readonly encryptedPassword: string;
}

/** The migration that every tenant has already. */
export const APPLIED = '20250101090000_create_tables';
/** The migration that is pending, and the column that it adds. */
export const PENDING = '20250601090000_add_priority';
export const TABLE = 'tasks';
export const COLUMN = 'priority';

const FILES = {
  [APPLIED]: `export async function up(knex) {
  await knex.schema.createTable('users', (table) => {
    table.increments('id');
    table.string('email', 190).notNullable().unique();
  });
  await knex.schema.createTable('${TABLE}', (table) => {
    table.increments('id');
    table.string('title').notNullable();
  });
}
export async function down(knex) {
  await knex.schema.dropTable('${TABLE}');
  await knex.schema.dropTable('users');
}
`,
  [PENDING]: `export async function up(knex) {
  await knex.schema.alterTable('${TABLE}', (table) => {
    table.integer('${COLUMN}').notNullable().defaultTo(0);
  });
}
export async function down(knex) {
  await knex.schema.alterTable('${TABLE}', (table) => table.dropColumn('${COLUMN}'));
}
`,
};

/** Writes a project with the first migration into an empty folder. */
export async function makeFleetProject(
  folder: string,
  { host, port, user, password }: ServerLogin,
  centralDatabase: string,
): Promise<FleetProject> {
  // A key is used literally, so it has to be text of 32 bytes.
  const key = randomBytes(16).toString('hex');
  await mkdir(join(folder, 'migrations'));
  await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}\n');
  const project: FleetProject = {
    folder,
    runStore: join(folder, 'runs'),
    env: {
      CENTRAL_DATABASE_URL: `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${centralDatabase}`,
      DB_ENCRYPTION_KEY: key,
    },
    encryptedPassword: encryptPasswordV1(new EncryptionKey(Buffer.from(key)), password),
  };
  await writeMigration(project, APPLIED);
  return project;
}

/** Adds a migration to the folder. */
export async function writeMigration(
  { folder }: FleetProject,
  id: keyof typeof FILES,
): Promise<void> {
  await writeFile(join(folder, 'migrations', `${id}.js`), FILES[id]);
}
