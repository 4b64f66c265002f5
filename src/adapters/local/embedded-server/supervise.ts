import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';

/** What the supervisor runs: lines for a POSIX shell. */
export interface SupervisedCommands {
  /** Runs first, to its end. */
  readonly prepare?: string;
  /** The server; it stays in the foreground. */
  readonly run: string;
  /** Runs after the server was killed: removes what that leaves behind. */
  readonly cleanUp?: string;
}

export interface Supervised {
  /** The process of `run`; undefined if `prepare` failed. */
  readonly pid: Promise<number | undefined>;
  /** Settles when the server has ended, by itself or otherwise. */
  readonly ended: Promise<void>;
  /** What the commands wrote to their standard error, the last lines of it. */
  logTail(): Promise<string>;
  /** Ends the server and removes the folder. */
  release(): Promise<void>;
}

/**
 * Runs a server under a small shell process that ends it, and removes `folder`, as soon as this
 * process lets go of the shell's standard input. The operating system does that for a process that
 * ends, be it by SIGKILL, so no server outlives its owner. Its data go with it: there is nothing
 * to shut down in an orderly way.
 */
export function supervise(
  folder: string,
  commands: SupervisedCommands,
  environment: NodeJS.ProcessEnv,
): Supervised {
  const shell = spawn('/bin/sh', ['-c', supervisor(commands), 'fanfold-supervisor', folder], {
    // A process group of its own, so that Ctrl-C in a terminal reaches the owner only.
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: environment,
  });
  const exited = once(shell, 'exit');
  exited.catch(() => {});
  shell.stdin.on('error', () => {});
  // A server that nobody stopped must not keep its owner from ending.
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
 * The shell's program. The first line of its output is the server's process id; after that only
 * the server holds the output open, which is how its end is noticed. The shell does not reap the
 * server before it kills it, so that the process id cannot have gone to somebody else.
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
