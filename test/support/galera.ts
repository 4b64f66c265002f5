import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { prepareDataFolder } from '../../src/adapters/local/embedded-server/data-folder.ts';
import { findBinary } from '../../src/adapters/local/embedded-server/find-binary.ts';
import { freePort } from '../../src/adapters/local/embedded-server/loopback.ts';
import { runCommand } from '../../src/adapters/local/embedded-server/run-command.ts';

/** A real Galera cluster of two nodes on loopback. */
export interface GaleraCluster {
  readonly nodes: readonly [GaleraNode, GaleraNode];
  stop(): Promise<void>;
}

export interface GaleraNode {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  connection(database?: string): Promise<Connection>;
}

/** Paths of the library in Debian's package galera-4, and in others. */
const LIBRARIES = [
  '/usr/lib/galera/libgalera_smm.so',
  '/usr/lib64/galera-4/libgalera_smm.so',
  '/usr/lib/x86_64-linux-gnu/galera/libgalera_smm.so',
];

/** The reason why this machine cannot have a cluster; `undefined` if it can. */
export function galeraMissing(): string | undefined {
  return LIBRARIES.some((path) => existsSync(path))
    ? undefined
    : 'there is no libgalera_smm.so (Debian: apt-get install galera-4)';
}

const START_MS = 60_000;

/**
 * Starts the cluster, from data folders that are copies of one another, since the programs that copy
 * one node's data to another are in a package with a service. Ends only what it has started, with
 * this process at the latest.
 */
export async function startGalera(): Promise<GaleraCluster> {
  const library = LIBRARIES.find((path) => existsSync(path));
  const binary = await findBinary({ ...process.env, PATH: '/usr/sbin:/usr/bin' });
  if (library === undefined || binary === undefined || binary.flavour !== 'mariadb')
    throw new Error('Galera needs MariaDB and its library.');
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-galera-'));
  const password = randomBytes(12).toString('base64url');
  const children = new Set<ChildProcess>();
  const killAll = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', killAll);
  const stop = async () => {
    killAll();
    await Promise.all(
      [...children].map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')),
    );
    process.off('exit', killAll);
    await rm(folder, { recursive: true, force: true });
  };
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

  const start = async (name: string, port: number, group: number, seed: string) => {
    const options = [
      '--no-defaults',
      ...asRoot,
      `--datadir=${join(folder, name)}`,
      `--socket=${join(folder, `${name}.sock`)}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=2',
      '--binlog-format=ROW',
      '--innodb-autoinc-lock-mode=2',
      '--wsrep-on=ON',
      `--wsrep-provider=${library}`,
      '--wsrep-cluster-name=fanfold',
      `--wsrep-cluster-address=gcomm://${seed}`,
      ...(seed === '' ? ['--wsrep-new-cluster'] : []),
      `--wsrep-node-name=${name}`,
      `--wsrep-node-address=127.0.0.1:${group}`,
      `--wsrep-node-incoming-address=127.0.0.1:${port}`,
      '--wsrep-sst-method=fanfold_copied',
      `--wsrep-provider-options=base_host=127.0.0.1;base_port=${group};gmcast.listen_addr=tcp://127.0.0.1:${group};ist.recv_addr=127.0.0.1:${await freePort()};gcache.size=16M`,
      `--init-file=${join(folder, 'init.sql')}`,
      `--log-error=${join(folder, `${name}.log`)}`,
    ];
    const child = spawn(binary.path, options, {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    const login = { host: '127.0.0.1', port, user: 'root', password };
    const node: GaleraNode = {
      ...login,
      connection: (database) =>
        createConnection({ ...login, ...(database === undefined ? {} : { database }) }),
    };
    for (const until = Date.now() + START_MS; !(await isSynced(node)); await sleep(50)) {
      if (Date.now() < until && child.exitCode === null) continue;
      const log = await readFile(join(folder, `${name}.log`), 'utf8').catch(() => '');
      await stop();
      throw new Error(`The node ${name} does not start:\n${log.split('\n').slice(-15).join('\n')}`);
    }
    return { node, child };
  };

  await writeFile(join(folder, 'init.sql'), `SET PASSWORD FOR root@'%' = PASSWORD('${password}');`);
  await writeFile(join(folder, 'wsrep_sst_fanfold_copied'), COPIED);
  await chmod(join(folder, 'wsrep_sst_fanfold_copied'), 0o700);
  const storage = ['--no-defaults', ...asRoot, `--datadir=${join(folder, 'data')}`];
  const initialize = await prepareDataFolder(binary, folder, storage);
  const account = `FLUSH PRIVILEGES;\nCREATE USER root@'%';\nGRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;\n`;
  await writeFile(join(folder, 'bootstrap.sql'), `\n${account}`, { flag: 'a' });
  const made = await runCommand('/bin/sh', ['-c', initialize], {
    timeoutMs: START_MS,
    environment: process.env,
  });
  if (!made.succeeded) throw new Error(made.output);

  // A node joins by what it has in its own files of the cluster, so these have to be copied as well.
  await cp(join(folder, 'data'), join(folder, 'one'), { recursive: true });
  const first = await start('one', await freePort(), await freePort(), '');
  first.child.kill('SIGTERM');
  await once(first.child, 'exit');
  for (const file of ['galera.cache', 'gvwstate.dat'])
    await rm(join(folder, 'one', file), { force: true });
  await cp(join(folder, 'one'), join(folder, 'two'), { recursive: true });

  const group = await freePort();
  const one = await start('one', await freePort(), group, '');
  const two = await start('two', await freePort(), await freePort(), `127.0.0.1:${group}`);
  return { nodes: [one.node, two.node], stop };
}

/** A state transfer for a node that has all of the state already. */
const COPIED = `#!/bin/sh
state="$(dirname "$0")/state"
while [ $# -gt 0 ]; do
  case "$1" in
    --role) role="$2"; shift ;;
    --gtid) gtid="$2"; shift ;;
  esac
  shift
done
if [ "$role" = donor ]; then
  echo "$gtid" >"$state.new"; mv "$state.new" "$state"
  echo continue
  echo "done $gtid"
else
  rm -f "$state"
  echo "ready 127.0.0.1:1/copied"
  while [ ! -f "$state" ]; do sleep 0.1; done
  cat "$state"
fi
`;

async function isSynced(node: GaleraNode): Promise<boolean> {
  const connection = await node.connection().catch(() => undefined);
  if (connection === undefined) return false;
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SHOW GLOBAL STATUS LIKE 'wsrep_local_state_comment'",
    );
    return rows[0]?.Value === 'Synced';
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}
