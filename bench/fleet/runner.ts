import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FleetProject } from './fleet-project.ts';

const COMMAND = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** The published command keeps its compiled code as well (bin/start.cjs); without it each start compiles all its files. */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/node-compile', import.meta.url));
/** The last lines of a runner, for the message about one that failed. */
const KEPT = 4_000;

/** A process of the real command over the whole fleet. */
export interface Runner {
  /** Ends it at once, as a crash would. */
  kill(): void;
  /** How it ended; never rejects. */
  readonly end: Promise<RunnerEnd>;
}

export interface RunnerEnd {
  /** `undefined` if it was killed. */
  readonly exitCode: number | undefined;
  readonly output: string;
}

/** Starts `migrate:all-tenants` in the folder of the project; the signal kills it. */
export function startRunner(project: FleetProject, signal: AbortSignal): Runner {
  const child = spawn(
    process.execPath,
    [
      COMMAND,
      'migrate:all-tenants',
      ...['--migrations', './migrations'],
      ...['--run-store', project.runStore],
    ],
    {
      cwd: project.folder,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_COMPILE_CACHE: COMPILED,
        ...project.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const keep = (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-KEPT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const kill = () => void child.kill('SIGKILL');
  if (signal.aborted) kill();
  signal.addEventListener('abort', kill);
  const end = once(child, 'close').then(([code]) => {
    signal.removeEventListener('abort', kill);
    return { exitCode: typeof code === 'number' ? code : undefined, output };
  });
  return { kill, end };
}

/** Runs it to its end, and returns the seconds that it took. Throws if it did not succeed. */
export async function runToEnd(project: FleetProject, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  const { exitCode, output } = await startRunner(project, signal).end;
  signal.throwIfAborted();
  if (exitCode !== 0) throw new Error(`The command ended with ${exitCode}:\n${output}`);
  return (performance.now() - startedAt) / 1_000;
}
