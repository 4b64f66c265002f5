import { FanfoldError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { RemoteRun, RemoteRuns } from '../../core/remote/remote-runs.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import type { OutputOptions } from '../options/setup-options.ts';
import { createJsonReporter } from '../output/json-reporter.ts';
import { printable } from '../output/printable.ts';
import { createRemoteTextReporter } from '../output/remote-text-reporter.ts';
import { usingScreen } from '../output/screen.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import { closureOf } from './closure-of.ts';
import { findRemoteRun } from './find-remote-run.ts';
import { isUnderWay } from './follow-run.ts';
import { remoteCommand } from './remote-command.ts';
import type { RemoteReporter } from './remote-event.ts';
import { tellEnd } from './tell-end.ts';

/** The cause that the console shows for the end of the execution. */
const CAUSE = 'Stopped with "fanfold stop". To continue, start a run with retryOf, or redrive.';
const LOOK_EVERY_MS = 2_000;
/** Step Functions ends child executions one by one; ten thousand of them take minutes. */
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * Stops a run on AWS: stops its execution, waits until Step Functions has ended it and its Map, has its
 * summary written and reports it. A run that was stopped elsewhere gets its missing summary. Throws
 * `RunIsOver` (`usage`) for a run that ended by itself.
 */
export function stopRemotely(
  { host, wiring }: App<ProcessWiring & RemoteWiring>,
  name: string | undefined,
  { aws: stack, json = false, verbose = false }: OutputOptions & { readonly aws: string },
): Promise<number> {
  return usingScreen(host, async (screen) => {
    const remote = await wiring.remote(stack);
    const run = await findRemoteRun(remote, name, { command: 'stop' });
    if (!isUnderWay(run) && run.status !== 'ABORTED') throw runIsOver(run, stack);
    const controller = new AbortController();
    const stopListening = host.onSignal(() => controller.abort());
    try {
      if (isUnderWay(run)) {
        if (!json) screen.print([`🛑 Stopping run ${printable(run.id)}...`]);
        await remote.runs.stop(run.id, CAUSE);
      }
      const ended = await awaitEnd(run.id, remote, controller.signal);
      if (ended === undefined) {
        screen.warn(
          `Stopped waiting for the end of the run. Write its summary with: ${remoteCommand('stop', run.id, stack)}`,
        );
        return EXIT.interrupted;
      }
      if ((await closureOf(remote.store, ended)) === 'open') {
        if (!json) screen.note(['Writing its summary…']);
        await remote.runs.close(ended);
      }
      const retryCommand = (id: string) => remoteCommand('migrate:retry', id, stack);
      const report: RemoteReporter = json
        ? createJsonReporter(screen)
        : createRemoteTextReporter({
            screen,
            verbose,
            now: wiring.now,
            wording: { found: () => '', none: 'No tenant was listed.', success: '', retryCommand },
          });
      const told = await tellEnd(ended, undefined, {
        store: remote.store,
        report,
        everyTenant: verbose,
      });
      if (!told) screen.note([`Run ${run.id} was stopped before its tenants were listed.`]);
      return EXIT.ok;
    } finally {
      stopListening();
    }
  });
}

/** Waits until the execution and its newest Map Run have ended; the latter writes result files at its end. */
async function awaitEnd(
  runId: string,
  { runs, clock }: { readonly runs: RemoteRuns; readonly clock: Clock },
  signal: AbortSignal,
): Promise<RemoteRun | undefined> {
  const began = clock.now();
  while (!signal.aborted) {
    const run = await runs.read(runId);
    if (!isUnderWay(run)) {
      const [newest] = (await runs.listMapRuns(runId)).rounds;
      const mapEnded = newest === undefined || (await runs.readRound(newest)).status !== 'RUNNING';
      // If the Map never ends its tenants are unknown; such a summary is better than none.
      if (mapEnded || clock.now() - began > LONGEST_WAIT_MS) return run;
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  return undefined;
}

function runIsOver({ id, status }: RemoteRun, stack: string): FanfoldError {
  return new FanfoldError('RunIsOver', `Run ${id} has already ended: ${status}.`, {
    fault: 'usage',
    nextStep: `Show its summary: ${remoteCommand('follow', id, stack)}`,
  });
}
