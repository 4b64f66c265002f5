import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { repository } from '../../scripts/repository.mjs';

/** A local AWS that runs as a child of this process. */
export interface LocalAws {
  /** Endpoint, region, account and credentials for its clients: the variables of `env.sh`. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface LocalAwsOptions {
  /** For its logs, and the code of its functions. */
  readonly folder: string;
  readonly port: number;
  /** Variables of its settings, as its README lists them. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Receives a line for each step that takes long, such as an installation. */
  readonly notice?: (message: string) => void;
  /** Ends it while it starts. */
  readonly signal?: AbortSignal;
}

const tool = import.meta.dirname;
const READY = 'aws-local answers at';

/**
 * Starts a local AWS and returns when it answers. It ends with `stop()`, or with this process at the
 * latest, also if that is killed. Its packages are installed once for each version of their list, into
 * node_modules/.cache. Throws an error with the text of `start` if it cannot be started.
 */
export async function launchLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { folder, port, settings, notice = () => {}, signal } = options;
  const child = spawn(
    join(tool, 'start'),
    [
      '--foreground',
      ...['--dir', folder, '--port', String(port), '--node', process.execPath],
      ...['--packages', await packagesFolder()],
    ],
    {
      // A process group of its own: Ctrl-C in a terminal is for the program that started it.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...withoutAws(process.env), ...settings, AWS_LOCAL_ENDS_WITH_STDIN: 'yes' },
    },
  );
  const kill = (how: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, how);
    } catch {
      // It has ended.
    }
  };
  const killAtExit = () => kill('SIGTERM');
  process.once('exit', killAtExit);
  const closed = once(child, 'close');
  const errors = text(child.stderr);
  const stop = async () => {
    kill('SIGTERM');
    await closed;
    process.off('exit', killAtExit);
  };
  const abort = () => kill('SIGTERM');
  signal?.addEventListener('abort', abort);
  try {
    await answers(createInterface({ input: child.stdout }), notice);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  child.stdout.resume();
  if (child.exitCode === null && child.signalCode === null && signal?.aborted !== true) {
    return { environment: await environmentOf(folder), stop };
  }
  await stop();
  signal?.throwIfAborted();
  throw new Error((await errors).trim() || 'aws-local ended while it started.');
}

/** Resolves when it answers, or when it prints no more. */
async function answers(
  lines: AsyncIterable<string>,
  notice: (message: string) => void,
): Promise<void> {
  for await (const line of lines) {
    if (line.startsWith(READY)) return;
    notice(line);
  }
}

/** The variables that it wrote to `env.sh`. */
async function environmentOf(folder: string): Promise<Record<string, string>> {
  const lines = await readFile(join(folder, 'env.sh'), 'utf8');
  return Object.fromEntries(
    [...lines.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Variables without those for AWS, which may name a real account. */
function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(AWS|CDK)_/.test(name)),
  );
}

/** Folder of the npm packages, and of moto if the machine's Python lacks it. */
export async function packagesFolder(): Promise<string> {
  const list = await readFile(join(tool, 'package.json'));
  const version = createHash('sha256').update(list).digest('hex').slice(0, 12);
  return join(repository, 'node_modules/.cache', `aws-local-${version}`);
}

/** A port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((end) => server.close(end));
  return port;
}
