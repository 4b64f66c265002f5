import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { exitCodeOf } from './exit-code-of.ts';
import type { Narrator } from './narrator.ts';
import { commandLine } from './repository.ts';

/** The real command line, run as processes of its own. */
export interface Fanfold {
  /** Runs a command that writes to the person who watches, and resolves to its exit code. */
  run(...words: readonly string[]): Promise<number>;
  /** Runs a command that is piped a text, and resolves to what it prints. */
  pipe(input: string, ...words: readonly string[]): Promise<Piped>;
  /** Runs a command for the demo itself, which shows neither it nor what it prints. */
  read(...words: readonly string[]): Promise<Piped>;
}

export interface Piped {
  readonly exitCode: number;
  readonly output: string;
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
  const piped = async (words: readonly string[], input: string): Promise<Piped> => {
    const child = spawn(process.execPath, [commandLine, ...words], {
      ...options,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // The exit code of a command that ends without reading shows the reason.
    child.stdin.on('error', () => {}).end(input);
    const [exitCode, output] = await Promise.all([exitCodeOf(child, signal), text(child.stdout)]);
    return { exitCode, output };
  };
  return {
    async run(...words) {
      signal.throwIfAborted();
      narrator.command(`$ fanfold ${words.join(' ')}`);
      // It gets the terminal itself, if there is one, so that it prints as for any user.
      const child = spawn(process.execPath, [commandLine, ...words], {
        ...options,
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      return exitCodeOf(child, signal);
    },
    async pipe(input, ...words) {
      signal.throwIfAborted();
      narrator.command(`$ fanfold ${words.join(' ')} < password.txt`);
      return piped(words, input);
    },
    read(...words) {
      signal.throwIfAborted();
      return piped(words, '');
    },
  };
}

/** The environment without variables that somebody has set for another fleet. */
export function neutralEnvironment(): NodeJS.ProcessEnv {
  const settings = /^(FANFOLD_.*|CENTRAL_DATABASE_URL|DB_ENCRYPTION_.*|AWS_.*|CDK_.*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.test(name)));
}
