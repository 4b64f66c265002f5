import { CommanderError } from 'commander';
import type { App } from './app.ts';
import { Declined } from './ask/ask-on-terminal.ts';
import { EXIT, exitCodeOfError } from './exit-codes.ts';
import { onStack, stackOf } from './invocation/on-stack.ts';
import { refuseSwallowedFlags } from './options/refuse-swallowed-flags.ts';
import { writeError } from './output/write-error.ts';
import type { Host } from './process/host.ts';
import { loadEnvFile } from './process/load-env-file.ts';
import { createProgram } from './program.ts';
import type { Wiring } from './wiring/create-wiring.ts';

/** Runs one command line, prints its error and resolves to the exit code. Never rejects. */
export async function runCli(
  argv: readonly string[],
  process: Host,
  createWiring: (env: Host['env']) => Wiring,
): Promise<number> {
  const host = reaching(stackOf(argv), process);
  try {
    return await run(argv, host, createWiring);
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    // Every question comes before the first change.
    if (error instanceof Declined) {
      host.stderr.write('Nothing was changed.\n');
      return EXIT.interrupted;
    }
    const withStack = argv.includes('--verbose') || Boolean(host.env.FANFOLD_DEBUG);
    writeError(error, host, withStack);
    return exitCodeOfError(error);
  }
}

/** The process of somebody who reaches the fleet by a stack: every command that it shows names the stack. */
function reaching(stack: string | undefined, host: Host): Host {
  return stack === undefined ? host : { ...host, invocation: onStack(host.invocation, stack) };
}

async function run(
  argv: readonly string[],
  host: Host,
  createWiring: (env: Host['env']) => Wiring,
): Promise<number> {
  let exitCode: number = EXIT.ok;
  loadEnvFile();
  const app: App<Wiring> = {
    host,
    // A copy, because a migration may change the environment of the process.
    wiring: createWiring({ ...host.env }),
    action:
      (work) =>
      async (...given) => {
        exitCode = await work(...given);
      },
  };
  const program = await createProgram(app, argv);
  const command = program.commands.find((candidate) => candidate.name() === argv[0]);
  const part = command?.commands.find((candidate) => candidate.name() === argv[1]);
  if (command !== undefined) refuseSwallowedFlags(part ?? command, argv, host.env, command.name());
  await program.parseAsync(argv, { from: 'user' });
  return exitCode;
}
