#!/usr/bin/env node
import { setImmediate as turn } from 'node:timers/promises';
import { FanfoldError } from '../core/errors.ts';
import { EXIT } from './exit-codes.ts';
import { writeError } from './output/write-error.ts';
import { createProcessHost } from './process-host.ts';
import { runCli } from './run-cli.ts';
import { createWiring } from './wiring.ts';

/** How long what a migration left open, such as a pool of its own, may keep the process alive. */
const LINGER_MS = 1_000;

const host = createProcessHost();
process.on('uncaughtException', (error) => {
  sayError(error);
  host.leave(EXIT.defect);
});
process.on('exit', sayThatNothingIsDone);
// Not awaited: if nothing is left to wait for, Node would end with a warning of its own.
void runCli(process.argv.slice(2), host, createWiring).then(async (exitCode) => {
  // An output that cannot be written says so in the next turn.
  await turn();
  process.off('exit', sayThatNothingIsDone);
  process.exitCode = exitCode === EXIT.ok && sayThatOutputIsLost() ? EXIT.configuration : exitCode;
  setTimeout(() => host.leave(process.exitCode as number), LINGER_MS).unref();
});

/** A process that ends on its own, with 0 at that, would look like a command that has done its work. */
function sayThatNothingIsDone(exitCode: number): void {
  // We have left it ourselves, and said why.
  if (exitCode === EXIT.interrupted || exitCode === EXIT.defect) return;
  sayError(
    new FanfoldError(
      'EndedEarly',
      'The process ended before the command was done: a migration file, or what it imports, called process.exit() or waits for something that never comes.',
      {
        fault: 'migration',
        nextStep:
          'Take that out of the migration. Where a run had begun, what it left is done by: `fanfold migrate:retry last`',
      },
    ),
  );
  process.exitCode = EXIT.configuration;
}

function sayThatOutputIsLost(): boolean {
  const { lostOutput } = host;
  if (lostOutput === undefined) return false;
  sayError(
    new FanfoldError('OutputLost', `Standard output could not be written: ${lostOutput.message}.`, {
      fault: 'configuration',
      nextStep: 'The command itself has done its work. Free some space.',
    }),
  );
  return true;
}

function sayError(error: Error): void {
  writeError(error, host, Boolean(process.env.FANFOLD_DEBUG));
}
