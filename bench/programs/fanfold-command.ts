import { execFile } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OUTSIDE } from '../../scripts/outside-packages.ts';
import { packedTarball } from '../../scripts/packed-tarball.ts';
import { repository } from '../../scripts/repository.mjs';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { EncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { send, usingConnection } from '../connection.ts';
import type { ServerLogin } from '../server-login.ts';
import { databaseUrl } from './database-url.ts';
import type { Command, Program, State } from './program.ts';
import { migrationsFolder } from './write-migrations.ts';

const run = promisify(execFile);

/** The packed package in a project, with its dependencies linked from this checkout. */
export interface InstalledFanfold {
  readonly command: string;
  readonly project: string;
}

/** Packs the package unless that is done, and installs it into a project below a folder. */
export async function installFanfold(folder: string): Promise<InstalledFanfold> {
  const project = join(folder, 'project');
  const modules = join(project, 'node_modules');
  const own = join(modules, 'fanfold');
  await mkdir(own, { recursive: true });
  await run('tar', ['-xzf', await packedTarball(), '-C', own, '--strip-components=1']);
  for (const name of OUTSIDE) {
    await symlink(join(repository, 'node_modules', name), join(modules, name));
  }
  await writeFile(join(project, 'package.json'), '{ "private": true }\n');
  const command = join(own, 'bin/fanfold.cjs');
  await chmod(command, 0o755);
  return { command, project };
}

/** `migrate:database <url>`, which needs no central database. */
export function migrateDatabase(
  installed: InstalledFanfold,
  login: ServerLogin,
  folder: string,
): Program {
  return {
    name: 'fanfold',
    title: 'Fanfold, migrate:database',
    migrate: (database, state) =>
      fanfold(installed, folder, state, ['migrate:database', databaseUrl(login, database)]),
  };
}

/** A central database with a row for each of some databases. */
export interface CentralOfBench {
  /** A command with the central database, whose tenants are the databases. */
  command(state: State, args: readonly string[]): Command;
}

/** Text of the key that encrypts passwords in the rows; nothing of it is kept. */
const KEY = '0123456789abcdef0123456789abcdef';

/** Makes the central tables, and a row for each database whose slug is its name. */
export async function centralOfBench(
  installed: InstalledFanfold,
  login: ServerLogin,
  folder: string,
  central: string,
  databases: readonly string[],
): Promise<CentralOfBench> {
  const env = {
    CENTRAL_DATABASE_URL: databaseUrl(login, central),
    DB_ENCRYPTION_KEY: KEY,
  };
  const command: CentralOfBench['command'] = (state, args) => {
    const { env: own, ...rest } = fanfold(installed, folder, state, args);
    return { ...rest, env: { ...own, ...env } };
  };
  const latest = command('fresh', ['migrate:latest']);
  await run(latest.file, [...latest.args], {
    cwd: latest.cwd,
    env: { ...process.env, ...latest.env },
  });
  const { host, port, user, password } = login;
  const encrypted = encryptPasswordV1(new EncryptionKey(Buffer.from(KEY)), password);
  const rows = databases.map((database, index) => [
    ...[`00000000-0000-7000-8000-${String(index).padStart(12, '0')}`, database, database, 'ACTIVE'],
    ...[host, port, database, user, encrypted],
  ]);
  await usingConnection(login, central, (connection) =>
    send(
      connection,
      'INSERT INTO tenants (id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES ?',
      [rows],
    ),
  );
  return { command };
}

/** `migrate:tenant <slug>`, which finds the database in the central one. */
export function migrateTenant(central: CentralOfBench): Program {
  return {
    name: 'fanfold-central',
    title: 'Fanfold, migrate:tenant',
    migrate: (database, state) => central.command(state, ['migrate:tenant', database]),
  };
}

function fanfold(
  { command, project }: InstalledFanfold,
  folder: string,
  state: State,
  args: readonly string[],
): Command {
  return {
    file: process.execPath,
    args: [command, ...args],
    cwd: project,
    env: {
      FANFOLD_MIGRATIONS_DIR: migrationsFolder(folder, 'knex', state),
      NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
    },
  };
}
