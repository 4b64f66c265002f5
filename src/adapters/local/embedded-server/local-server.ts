import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awaitReady } from './await-ready.ts';
import type { EmbeddedServer, EmbeddedServerOptions } from './contract.ts';
import { prepareDataFolder } from './data-folder.ts';
import type { ServerBinary } from './find-binary.ts';
import { isAtLeast } from './find-binary.ts';
import { clientHosts, loopbackAddresses } from './loopback.ts';
import { newServerLogin, serverUrl } from './server-login.ts';
import { shellCommand } from './shell-command.ts';
import { supervise } from './supervise.ts';

/** MySQL's first start writes some 200 MB, which takes a slow disk a while. */
const startWithinMs = 120_000;

/** Several attempts, because another process may take the free port before the server does. */
const portAttempts = 3;

/** Runs a server program of this machine with a separate data folder, socket and port. */
export async function startLocalServer(
  binary: ServerBinary,
  options: EmbeddedServerOptions,
): Promise<EmbeddedServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(binary, options);
    } catch (error) {
      const portWasTaken = error instanceof Error && /address already in use/i.test(error.message);
      if (!portWasTaken || attempt === portAttempts) throw error;
    }
  }
}

async function startOnce(
  binary: ServerBinary,
  options: EmbeddedServerOptions,
): Promise<EmbeddedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-server-'));
  const addresses = await loopbackAddresses();
  const bound = bindsSeveralAddresses(binary) ? addresses : addresses.slice(0, 1);
  const account = await newServerLogin();

  const initFile = join(folder, 'init.sql');
  await writeFile(initFile, accountStatements(account.password), { mode: 0o600 });
  const storage = storageOptions(folder, options);
  const network = [
    `--port=${account.port}`,
    `--bind-address=${bound.join(',')}`,
    `--init-file=${initFile}`,
    `--max-connections=${options.maxConnections ?? 200}`,
  ];
  const initialize = await prepareDataFolder(binary, folder, storage).catch(async (error) => {
    await rm(folder, { recursive: true });
    throw error;
  });
  const supervised = supervise(
    folder,
    {
      prepare: initialize,
      run: shellCommand([binary.path, ...storage, ...network]),
    },
    options.environment ?? process.env,
  );
  const identity = await awaitReady(supervised, account, binary.path, startWithinMs);
  const pid = await supervised.pid;
  return {
    ...account,
    ...identity,
    url: serverUrl(account),
    hosts: clientHosts(bound),
    source: binary.path,
    ...(pid === undefined ? {} : { process: { pid, folder } }),
    stop: supervised.release,
  };
}

function bindsSeveralAddresses(binary: ServerBinary): boolean {
  return isAtLeast(binary, binary.flavour === 'mysql' ? [8, 0, 13] : [10, 11, 0]);
}

/**
 * Creates `root` for any address with the password. Without name resolution no TCP client counts as
 * "localhost", so MySQL's default root without a password works only through the socket in the folder.
 */
function accountStatements(password: string): string {
  return [
    `CREATE USER 'root'@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;",
    '',
  ].join('\n');
}

/** The options that filling the data folder and running the server have in common. */
function storageOptions(folder: string, { durable = true }: EmbeddedServerOptions): string[] {
  return [
    '--no-defaults',
    `--datadir=${join(folder, 'data')}`,
    `--socket=${join(folder, 'server.sock')}`,
    `--secure-file-priv=${folder}`,
    // A separate tmpdir, because a starting server deletes the temporary tables of other servers in its tmpdir.
    `--tmpdir=${folder}`,
    '--skip-name-resolve',
    '--skip-log-bin',
    '--loose-mysqlx=OFF',
    durable ? '--innodb-flush-log-at-trx-commit=1' : '--innodb-flush-log-at-trx-commit=2',
    ...(durable ? [] : ['--innodb-flush-method=nosync']),
    // Both servers refuse to run as root unless they are told to.
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ];
}
