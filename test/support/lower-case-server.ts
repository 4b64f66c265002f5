import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { type Connection, createConnection } from 'mysql2/promise';
import { ownServerFolder, startOwnServer } from './own-server.ts';
import { testServer } from './server.ts';

const run = promisify(execFile);

/** A server that has `lower_case_table_names = 1`, so that it writes every name in lower case. */
export interface LowerCaseServer {
  readonly login: { host: string; port: number; user: string; password: string };
  connection(): Promise<Connection>;
  stop(): Promise<void>;
}

/** Whether such a server of this project's kind can be started. */
export function hasLowerCaseServer(): boolean {
  const { flavour } = testServer();
  return flavour === 'mysql' ? folderOfMysql() !== undefined : ownServerFolder() !== undefined;
}

/** The folder in which `tools/database-server` has unpacked MySQL. */
function folderOfMysql(): string | undefined {
  return process.env.FANFOLD_TEST_MYSQL_FOLDER;
}

/** Starts one. MySQL takes the setting only when its data folder is made, MariaDB at any start. */
export async function startLowerCaseServer(): Promise<LowerCaseServer> {
  const folder = folderOfMysql();
  if (testServer().flavour === 'mysql' && folder !== undefined) return startMysql(folder);
  const server = await startOwnServer();
  server.crash();
  await server.restart(['--lower-case-table-names=1']);
  const { host, port, user, password } = server;
  return {
    login: { host, port, user, password },
    connection: () => server.connection(),
    stop: () => server.stop(),
  };
}

async function startMysql(folder: string): Promise<LowerCaseServer> {
  const port = await freePort();
  const tool = (...words: string[]) => run('tools/database-server', words, { timeout: 150_000 });
  await tool('start', 'mysql', folder, String(port), '--lower-case-table-names=1');
  const login = { host: '127.0.0.1', port, user: 'root', password: '' };
  return {
    login,
    connection: () => createConnection(login),
    stop: async () => {
      await tool('stop', folder, String(port));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
