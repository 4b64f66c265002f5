import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** `npm test` builds the command as it is published, which starts in half of the time; one file alone runs its source. */
const MAIN =
  process.env.FANFOLD_TEST_COMMAND ??
  fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** Compiled modules are shared between the processes: it spares each a good part of its start. */
const COMPILED = fileURLToPath(
  new URL('../../../node_modules/.cache/fanfold-tests', import.meta.url),
);

export interface CliProcess {
  readonly child: ChildProcess;
  /** Its output so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when it has ended and everything that it wrote is here. */
  readonly ended: Promise<CliResult>;
}

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** A file to write standard output to. */
  readonly stdout?: string;
}

/** Runs the command line as a separate process, in an environment with nothing else in it. */
export function startCli(argv: readonly string[], options: CliOptions): CliProcess {
  const { cwd, env, stdin, stdout } = options;
  const output = { stdout: '', stderr: '' };
  const file = stdout === undefined ? undefined : openSync(stdout, 'w');
  const child = spawn(process.execPath, [MAIN, ...argv], {
    stdio: ['pipe', file ?? 'pipe', 'pipe'],
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, NODE_COMPILE_CACHE: COMPILED, ...env },
  });
  if (file !== undefined) closeSync(file);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  child.stdin?.end(stdin ?? '');
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    child,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    ended: once(child, 'close').then(([exitCode]) => ({ ...output, exitCode })),
  };
}

/** The same, and waits for its end. */
export function runCliProcess(argv: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(argv, options).ended;
}
