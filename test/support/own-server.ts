import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { startEmbeddedServer } from '../../src/adapters/local/embedded-server.ts';
import { testServer } from './server.ts';

/** A database server of a test's own, that can be killed and started again with its data. */
export interface OwnServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Kills it with -9. */
  crash(): void;
  /** Starts it again, with more options if they are given, and returns when it has recovered. */
  restart(options?: readonly string[]): Promise<void>;
  connection(database?: string): Promise<Connection>;
  stop(): Promise<void>;
}

/** Longest time that a server takes to recover. */
const RECOVERY_MS = 60_000;

/**
 * Path of the program that starts such a server of this project's kind, '' if it is found
 * by itself; `undefined` if there is none. A server that was given is only known by its URL.
 */
export function ownServerFolder(): string | undefined {
  const { isEmbedded, flavour } = testServer();
  if (isEmbedded) return '';
  return flavour === 'mysql' ? process.env.FANFOLD_TEST_MYSQL_BIN : undefined;
}

/** Starts a server with a data folder of its own, which writes through to the disk. */
export async function startOwnServer(): Promise<OwnServer> {
  const folder = ownServerFolder();
  const server = await startEmbeddedServer({
    durable: true,
    ...(folder && { environment: { ...process.env, PATH: `${folder}:${process.env.PATH}` } }),
  });
  const { host, port, user, password, process: running } = server;
  if (running === undefined) throw new Error('Only a server that runs here can be killed.');
  const [program = '', ...args] = (await readFile(`/proc/${running.pid}/cmdline`, 'utf8'))
    .split('\0')
    .slice(0, -1);
  let { pid } = running;
  let child: ChildProcess | undefined;
  let restarts = 0;
  const connection = (database?: string) =>
    createConnection({
      host,
      port,
      user,
      password,
      ...(database === undefined ? {} : { database }),
    });
  return {
    host,
    port,
    user,
    password,
    connection,
    crash: () => process.kill(pid, 'SIGKILL'),
    async restart(options = []) {
      // Its accounts are there already. To MySQL the socket of a server that was killed is in use, as
      // long as nobody has asked what became of that process.
      const again = args
        .filter((arg) => !arg.startsWith('--init-file'))
        .map((arg) => (arg.startsWith('--socket=') ? `${arg}.${++restarts}` : arg));
      child = spawn(program, [...again, ...options], { stdio: 'ignore' });
      pid = child.pid ?? pid;
      for (const until = Date.now() + RECOVERY_MS; ; ) {
        const answered = await connection().catch(() => undefined);
        if (answered !== undefined) return answered.end();
        if (child.exitCode !== null || Date.now() > until)
          throw new Error(`The server that was killed does not start again: ${program}`);
        await sleep(50);
      }
    },
    async stop() {
      if (child?.kill('SIGKILL')) await once(child, 'exit');
      await server.stop();
    },
  };
}
