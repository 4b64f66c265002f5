import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';

/** The commands of the supervisor, as lines for a POSIX shell. */
export interface SupervisedCommands {
  /** Runs to completion before the server. */
  readonly prepare?: string;
  /** The server; it stays in the foreground. */
  readonly run: string;
  /** Runs after the server was killed, and removes leftovers. */
  readonly cleanUp?: string;
}

export interface Supervised {
  /** The process of `run`; undefined if `prepare` failed. */
  readonly pid: Promise<number | undefined>;
  /** Resolves when the server has ended for any reason. */
  readonly ended: Promise<void>;
  /** The last lines that the commands wrote to standard error. */
  logTail(): Promise<string>;
  /** Ends the server and removes the folder. */
  release(): Promise<void>;
}

/**
 * Runs a server under a small shell process that kills it and removes `folder` as soon as this process
 * closes the shell's standard input. The operating system does that for any process that ends, even by
 * SIGKILL, so no server outlives its owner. An orderly shutdown is not needed, because the data are
 * deleted too.
 */
export function supervise(
  folder: string,
  commands: SupervisedCommands,
  environment: NodeJS.ProcessEnv,
): Supervised {
  const shell = spawn('/bin/sh', ['-c', supervisor(commands), 'fanfold-supervisor', folder], {
    // A separate process group, so that Ctrl-C in a terminal reaches only the owner.
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: environment,
  });
  const exited = once(shell, 'exit');
  exited.catch(() => {});
  shell.stdin.on('error', () => {});
  // A server that was not stopped must not keep its owner from exiting.
  shell.unref();
  (shell.stdin as Socket).unref();
  (shell.stdout as Socket).unref();

  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!output.includes('\n')) output += text;
  });
  const ended = new Promise<void>((resolve) => shell.stdout.once('close', resolve));
  const pid = new Promise<number | undefined>((resolve) => {
    shell.stdout.on('data', () => {
      if (output.includes('\n')) resolve(Number.parseInt(output, 10));
    });
    shell.stdout.once('close', () => resolve(undefined));
  });

  return {
    pid,
    ended,
    logTail: () => logTail(folder),
    release: async () => {
      shell.ref();
      shell.stdin.end();
      await exited;
    },
  };
}

/**
 * The shell's program. The first line of its output is the server's process id. After that only the
 * server keeps the output open, so the output closes when the server ends. The shell does not reap the
 * server before it kills it, so the process id cannot have been reused.
 */
function supervisor({ prepare = 'true', run, cleanUp = 'true' }: SupervisedCommands): string {
  return `
folder=$1
server=
finish() {
  exec </dev/null >/dev/null
  if [ -n "$server" ]; then
    kill -9 "$server"
    wait "$server"
    ${cleanUp}
  fi
  rm -rf "$folder"
  exit
}
trap finish HUP INT TERM PIPE
if { ${prepare}; } </dev/null >>"$folder/server.log" 2>&1; then
  ${run} </dev/null 2>>"$folder/server.log" &
  server=$!
  echo "$server"
fi
exec >/dev/null
read -r _
finish
`;
}

async function logTail(folder: string): Promise<string> {
  const log = await readFile(join(folder, 'server.log'), 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-15).join('\n');
}
