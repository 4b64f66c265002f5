import { everyOutcome } from '../../core/reduce/every-outcome.ts';
import type { RemoteRun } from '../../core/remote/remote-runs.ts';
import type { RunRequest } from '../../core/request.ts';
import { checkRollout } from '../../core/rollout/check-rollout.ts';
import type { RoundRef } from '../../core/run-store.ts';
import { parseRunRequest } from '../../core/wire/parse-run-request.ts';
import type { App } from '../app.ts';
import { EXIT, exitCodeOfError } from '../exit-codes.ts';
import type { JunitOptions, OutputOptions } from '../options/setup-options.ts';
import { errorLines } from '../output/error-lines.ts';
import { createJsonReporter } from '../output/json-reporter.ts';
import { createRemoteTextReporter } from '../output/remote-text-reporter.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import type { RunWording } from '../output/text-reporter.ts';
import { type JunitFile, usingJunitFile } from '../runs/junit-file.ts';
import type { GateOptions } from '../runs/open-gate.ts';
import { reportToGitHub } from '../runs/report-to-github.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import { checkGate } from './check-gate.ts';
import { closureOf } from './closure-of.ts';
import { fleetBackfillsWatch } from './fleet-backfills.ts';
import { followRun, isUnderWay, readStateIfListed } from './follow-run.ts';
import type { RemoteAccess } from './remote-access.ts';
import { remoteCommand } from './remote-command.ts';
import type { RemoteReporter } from './remote-event.ts';
import { runError } from './run-error.ts';
import { allKnown, durationOf, tellEnd } from './tell-end.ts';

/** The groups of the wiring that it uses. */
type Needs = ProcessWiring & RemoteWiring;

/** A run that was started, redriven or found. */
export interface BegunRun {
  readonly run: Pick<RemoteRun, 'id' | 'arn'>;
  /** Whether AWS shows the effect of the last request. Default: as soon as the run exists. */
  readonly isSeen?: (run: RemoteRun) => boolean;
  /** Whether it has ended already. Default: false. */
  readonly isOver?: boolean;
  /** Rounds from before a redrive, whose tenants have been reported. Default: none. */
  readonly toldRounds?: readonly RoundRef[];
}

/** A run on AWS, and how it is reported. */
export interface RemoteRunning {
  /** Name of the stack. */
  readonly stack: string;
  /** The first line; absent if the run was started earlier. */
  readonly start?: string | undefined;
  /** Starts the run, or finds it. */
  readonly begin: (remote: RemoteAccess, screen: Screen) => Promise<BegunRun>;
  readonly wording: Omit<RunWording, 'retryCommand'>;
}

/**
 * Follows a run on AWS until it ends and reports it, for all commands. Resolves to the exit code that the same
 * run would have in this process. Ctrl-C only stops following.
 */
export function followRemotely(
  { host, wiring }: App<Needs>,
  { json = false, verbose = false, junit: junitPath }: OutputOptions & JunitOptions,
  { stack, start, begin, wording }: RemoteRunning,
): Promise<number> {
  return usingScreen(host, (screen) =>
    usingJunitFile(junitPath, (junit) => followOn(screen, junit)),
  );

  async function followOn(screen: Screen, junit: JunitFile | undefined): Promise<number> {
    const remote = await wiring.remote(stack);
    const retryCommand = (id: string) => remoteCommand('migrate:retry', id, stack, '--redrive');
    const reportRun: RemoteReporter = json
      ? createJsonReporter(screen)
      : createRemoteTextReporter({
          screen,
          verbose,
          now: wiring.now,
          wording: { ...wording, retryCommand, stack },
        });
    const report = reportToGitHub(reportRun, host, screen);
    if (start !== undefined && !json) screen.print([start]);
    const { run: begun, isSeen, isOver, toldRounds } = await begin(remote, screen);
    const { id: runId, arn: executionArn } = begun;
    const { region } = remote.runs.stack;
    const consoleUrl = remote.runs.consoleUrl(runId);
    report({ type: 'run-submitted', runId, stack, region, executionArn, consoleUrl, isOver });

    const controller = new AbortController();
    const stopListening = host.onSignal(() => controller.abort());
    const followAgain = remoteCommand('follow', runId, stack);
    try {
      const { signal } = controller;
      const lookAtBackfills = fleetBackfillsWatch({
        operator: () => wiring.remoteOperator(stack, 'inspect', () => {}),
        ...{ clock: remote.clock, signal },
        onRead: (backfills) => report({ type: 'fleet-backfills', runId, ...backfills }),
        onFailed: ({ message }) =>
          screen.warn(`Note: The progress of backfills cannot be shown: ${message}`),
      });
      const run = await followRun(runId, { ...remote, report, isSeen, signal, lookAtBackfills });
      // A look that is under way belongs to nobody any more.
      controller.abort();
      screen.hideProgress();
      if (isUnderWay(run)) {
        screen.warn(
          `Detached: run ${runId} continues. Follow it again: ${followAgain}. Stop it: ${remoteCommand('stop', runId, stack)}.`,
        );
        return EXIT.interrupted;
      }
      const error = runError(run, stack);
      const told = await tellEnd(run, error, {
        store: remote.store,
        report,
        everyTenant: json || verbose,
        toldRounds,
      });
      if (junit !== undefined) await writeJunit(junit, run, remote, screen);
      if (error !== undefined) {
        const withStack = verbose || Boolean(host.env.FANFOLD_DEBUG);
        screen.note([...(told ? [''] : []), ...errorLines(error, screen.err, withStack)]);
        return exitCodeOfError(error);
      }
      if (run.status === 'ABORTED') {
        await warnOfStop(run, remote, screen);
        return EXIT.interrupted;
      }
      return run.status === 'SUCCEEDED' ? EXIT.ok : EXIT.failed;
    } catch (error) {
      screen.hideProgress();
      screen.warn(`Run ${runId} continues on AWS. Follow it again: ${followAgain}.`);
      throw error;
    } finally {
      stopListening();
    }
  }
}

/** Starts a run with these keys of a request and follows it. */
export function runRemotely(
  app: App<Needs>,
  options: OutputOptions & JunitOptions & GateOptions & { readonly aws: string },
  {
    request,
    start,
    wording,
  }: {
    readonly request: Partial<RunRequest>;
    readonly start: string;
    readonly wording: Omit<RunWording, 'retryCommand'>;
  },
): Promise<number> {
  // A wrong request is refused here. It is sent as it was typed: the stack has the defaults.
  checkRollout(parseRunRequest(request), { runsOn: 'aws', now: Date.now() });
  return followRemotely(app, options, {
    stack: options.aws,
    start,
    wording,
    begin: async ({ runs }) => {
      checkGate(options, runs.stack);
      return { run: await runs.start(app.wiring.newRunId(), request) };
    },
  });
}

/** Writes the JUnit report from the run store; a run that is not in it gets no file. */
async function writeJunit(
  junit: JunitFile,
  run: RemoteRun,
  { store }: RemoteAccess,
  screen: Screen,
): Promise<void> {
  const state = await readStateIfListed(store, run.id);
  const written = await store.readSummary(run.id);
  if (state === undefined || written === undefined) {
    screen.warn(`Note: no JUnit report was written: run ${run.id} has no summary.`);
    return;
  }
  const { junitReport } = await import('../output/junit-report.ts');
  const stopped =
    run.status === 'ABORTED' ? { reason: 'interrupted' as const, message: '' } : undefined;
  const { request, startedAt } = await store.readRun(run.id);
  const durationMs = durationOf(run);
  const summary = allKnown(written, state.stopped ?? stopped);
  const unheard = (state.stopped ?? stopped) === undefined ? 'unknown' : 'skipped';
  await junit.write(
    junitReport(
      { runId: run.id, command: request.command, startedAt, durationMs, summary },
      everyOutcome(store, run.id, state.waves, unheard),
    ),
  );
}

async function warnOfStop(run: RemoteRun, { runs, store }: RemoteAccess, screen: Screen) {
  const closure = await closureOf(store, run);
  if (closure === 'unlisted') {
    screen.warn(`Run ${run.id} was stopped before its tenants were listed: no tenant was touched.`);
  } else if (closure === 'open') {
    const stop = remoteCommand('stop', run.id, runs.stack.name);
    screen.warn(`Run ${run.id} was stopped and has no summary yet. Write it with: ${stop}`);
  }
}
