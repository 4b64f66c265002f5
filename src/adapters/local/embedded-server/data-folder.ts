import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ServerBinary } from './find-binary.ts';
import { shellCommand } from './shell-command.ts';

/**
 * Creates an empty data folder and returns the shell line that fills it with the server's own tables.
 * `options` are the options with which the server will run.
 */
export async function prepareDataFolder(
  binary: ServerBinary,
  folder: string,
  options: readonly string[],
): Promise<string> {
  await mkdir(join(folder, 'data'));
  if (binary.flavour === 'mysql') {
    return shellCommand([binary.path, ...options, '--initialize-insecure']);
  }
  const bootstrap = join(folder, 'bootstrap.sql');
  await writeFile(bootstrap, await mariadbBootstrap(binary));
  return `${shellCommand([binary.path, ...options, '--bootstrap'])} <${shellCommand([bootstrap])}`;
}

/**
 * The SQL that mariadb-install-db feeds to the server, without the help texts, which take longest. The
 * program itself cannot be used: it fails if Debian's mariadb-server-core is installed without the
 * package of the clients.
 */
async function mariadbBootstrap(binary: ServerBinary): Promise<string> {
  const parts = await Promise.all(
    ['system_tables', 'performance_tables', 'system_tables_data'].map((name) =>
      readShared(binary, [`mysql_${name}.sql`, `mariadb_${name}.sql`]),
    ),
  );
  // With this variable, root can log in only through the socket, and not without a password.
  const start = ['CREATE DATABASE mysql;', 'USE mysql;', "SET @auth_root_socket = 'root';"];
  return [...start, ...parts].join('\n');
}

async function readShared(binary: ServerBinary, names: readonly string[]): Promise<string> {
  const installation = dirname(dirname(binary.path));
  const folders = [installation, '/usr', '/usr/local'].flatMap((root) =>
    ['share/mariadb', 'share/mysql', 'share'].map((share) => join(root, share)),
  );
  for (const path of folders.flatMap((folder) => names.map((name) => join(folder, name)))) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  throw new Error(`${binary.path} is installed without its file ${names.join(' or ')}.`);
}
