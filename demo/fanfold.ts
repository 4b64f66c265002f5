import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import type { Narrator } from './narrator.ts';
import { commandLine } from './repository.ts';

/** The real command line, run as processes of its own. */
export interface Fanfold {
  /** Runs a command that writes to the person who watches, and resolves to its exit code. */
  run(...words: readonly string[]): Promise<number>;
  /** Runs a command that is piped a text, and resolves to what it prints. */
  pipe(input: string, ...words: readonly string[]): Promise<{ exitCode: number; output: string }>;
}

export interface FanfoldOptions {
  /** Working folder of the commands. */
  readonly folder: string;
  /** Variables for the commands. */
  readonly variables: Readonly<Record<string, string>>;
  readonly narrator: Narrator;
  /** Interrupts the command that runs, as Ctrl-C does, and lets no other begin. */
  readonly signal: AbortSignal;
}

/** The command line for one demo. */
export function createFanfold({ folder, variables, narrator, signal }: FanfoldOptions): Fanfold {
  const options = { cwd: folder, env: { ...neutralEnvironment(), ...variables } };
  return {
    async run(...words) {
      signal.throwIfAborted();
      narrator.command(`$ fanfold ${words.join(' ')}`);
      // It gets the terminal itself, if there is one, and shows what it shows everybody.
      const child = spawn(process.execPath, [commandLine, ...words], {
        ...options,
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      return exitCodeOf(child, signal);
    },
    async pipe(input, ...words) {
      signal.throwIfAborted();
      narrator.command(`$ fanfold ${words.join(' ')} < password.txt`);
      const child = spawn(process.execPath, [commandLine, ...words], {
        ...options,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      // A command that ends without reading says why in its exit code.
      child.stdin.on('error', () => {}).end(input);
      const [exitCode, output] = await Promise.all([exitCodeOf(child, signal), text(child.stdout)]);
      return { exitCode, output };
    },
  };
}

/**
 * Waits for the end of a process. Where the demo is interrupted, passes that on, waits nevertheless
 * and throws then: no command outlives the demo, also if only the demo was signalled.
 */
async function exitCodeOf(child: ChildProcess, signal: AbortSignal): Promise<number> {
  const interrupt = () => child.kill('SIGINT');
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', interrupt);
  process.once('exit', kill);
  try {
    const [exitCode, killedBy] = (await once(child, 'close')) as
      | [exitCode: number, killedBy: null]
      | [exitCode: null, killedBy: NodeJS.Signals];
    signal.throwIfAborted();
    // The exit code by which a shell reports a command that was killed.
    return exitCode ?? 128 + constants.signals[killedBy];
  } finally {
    signal.removeEventListener('abort', interrupt);
    process.off('exit', kill);
  }
}

/** The environment without what somebody has set for a fleet of their own. */
function neutralEnvironment(): NodeJS.ProcessEnv {
  const settings = /^(FANFOLD_.*|CENTRAL_DATABASE_URL|DB_ENCRYPTION_.*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.test(name)));
}
