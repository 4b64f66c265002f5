#!/usr/bin/env node
import { setImmediate as turn } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { FanfoldError } from '../core/errors.ts';
import { EXIT } from './exit-codes.ts';
import { writeError } from './output/write-error.ts';
import { createProcessHost } from './process/process-host.ts';
import { runCli } from './run-cli.ts';
import { createWiring } from './wiring/create-wiring.ts';

/** How long a resource that a migration left open, such as a pool, may keep the process alive. */
const LINGER_MS = 1_000;

const host = createProcessHost();
if (isMainThread) runCommand();
else void import('./workers/run-worker.ts').then(({ runWorker }) => runWorker(host));

function runCommand(): void {
  process.on('uncaughtException', (error) => {
    reportError(error);
    host.leave(EXIT.defect);
  });
  process.on('exit', reportEarlyExit);
  // Not awaited, because Node prints a warning if it ends during a top-level await.
  void runCli(process.argv.slice(2), host, createWiring).then(async (exitCode) => {
    // An output that cannot be written emits its error in the next turn.
    await turn();
    process.off('exit', reportEarlyExit);
    process.exitCode = exitCode === EXIT.ok && reportLostOutput() ? EXIT.configuration : exitCode;
    setTimeout(() => host.leave(process.exitCode as number), LINGER_MS).unref();
  });
}

/** Without this, a process that ends too early, with 0 at that, would look like a successful command. */
function reportEarlyExit(exitCode: number): void {
  // We ended the process ourselves, with a message.
  if (exitCode === EXIT.interrupted || exitCode === EXIT.defect) return;
  reportError(
    new FanfoldError(
      'EndedEarly',
      'The process ended before the command had finished: a migration file, or a module that it imports, called process.exit() or waits for something that never happens.',
      {
        fault: 'migration',
        nextStep:
          'Remove that from the migration. If a run had started, continue it with: `fanfold migrate:retry last`',
      },
    ),
  );
  process.exitCode = EXIT.configuration;
}

function reportLostOutput(): boolean {
  const { lostOutput } = host;
  if (lostOutput === undefined) return false;
  reportError(
    new FanfoldError('OutputLost', `Standard output could not be written: ${lostOutput.message}.`, {
      fault: 'configuration',
      nextStep: 'The command itself has finished. Free some disk space.',
    }),
  );
  return true;
}

function reportError(error: Error): void {
  writeError(error, host, Boolean(process.env.FANFOLD_DEBUG));
}
