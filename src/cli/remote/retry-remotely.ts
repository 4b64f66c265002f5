import { FanfoldError } from '../../core/errors.ts';
import { causeNumbered, runStanding } from '../../core/reduce/run-standing.ts';
import type { RemoteRun, RemoteRuns } from '../../core/remote/remote-runs.ts';
import type { RunRequest } from '../../core/request.ts';
import { checkRollout } from '../../core/rollout/check-rollout.ts';
import type { RoundRef } from '../../core/run-store.ts';
import { TENANT_MIGRATIONS_FAILED } from '../../core/wire/error-names.ts';
import { parseRunRequest } from '../../core/wire/parse-run-request.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import type { JunitOptions, OutputOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import type { RunWording } from '../output/text-reporter.ts';
import type { GateOptions } from '../runs/open-gate.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import { checkGate } from './check-gate.ts';
import { findRemoteRun } from './find-remote-run.ts';
import { isUnderWay } from './follow-run.ts';
import { isDenied } from './is-denied.ts';
import type { RemoteAccess } from './remote-access.ts';
import { remoteCommand } from './remote-command.ts';
import { type BegunRun, followRemotely } from './run-remotely.ts';

/** How a run is retried. */
export interface RemoteRetry {
  /** Options that differ from the earlier run. */
  readonly request: Partial<RunRequest>;
  readonly wording: Omit<RunWording, 'retryCommand'>;
}

/** Step Functions redrives an execution within 14 days of its end. */
const REDRIVABLE_MS = 14 * 24 * 3_600_000;

/**
 * Retries the tenants of a run on AWS that failed or were not reached, and follows the retry: a new execution
 * that inherits the earlier request or, with `redrive`, the execution itself. Throws `RunUnderWay` and, for a
 * redrive, `RunNotRedrivable` (both `usage`).
 */
export function retryRemotely(
  app: App<ProcessWiring & RemoteWiring>,
  name: string | undefined,
  options: OutputOptions &
    JunitOptions &
    GateOptions & { readonly aws: string; readonly redrive?: boolean },
  { request, wording }: RemoteRetry,
): Promise<number> {
  // Checks the request; the run itself is found later, by asking the stack.
  const asked = parseRunRequest({ ...request, retryOf: name ?? 'last' });
  checkRollout(asked, { runsOn: 'aws', now: Date.now() });
  const { aws: stack, redrive = false, json = false } = options;
  const begin = async (remote: RemoteAccess, screen: Screen): Promise<BegunRun> => {
    checkGate(options, remote.runs.stack);
    const earlier = await findRemoteRun(remote, name, {
      command: 'migrate:retry',
      only: ['migrate', 'rollback'],
    });
    if (isUnderWay(earlier)) throw runUnderWay(earlier, stack);
    await checkCause(remote, earlier.id, request.cause);
    if (!json) {
      screen.print([`🚀 ${redrive ? 'Resuming' : 'Retrying'} run ${printable(earlier.id)}...`]);
    }
    if (!redrive) {
      const retry = { ...request, retryOf: earlier.id };
      return { run: await remote.runs.start(app.wiring.newRunId(), retry) };
    }
    checkRedrivable(earlier, stack, remote.clock.now());
    if (await hasOldDefinition(remote.runs, earlier.id)) {
      screen.warn(
        'Note: The state machine was deployed again after this run began. A redriven run keeps the old state machine, but uses the current functions and migrations.',
      );
    }
    const toldRounds = await roundsBefore(remote, earlier);
    await remote.runs.redrive(earlier.id);
    const isSeen = (run: RemoteRun) => isUnderWay(run) || run.redriveCount > earlier.redriveCount;
    return { run: earlier, isSeen, toldRounds };
  };
  const found = (total: number) => `📋 Found ${formatCount(total)} tenant(s) in this run`;
  return followRemotely(app, options, {
    stack,
    begin,
    wording: redrive ? { ...wording, found } : wording,
  });
}

/** Refuses an unknown cause before an execution would fail because of it. */
async function checkCause(
  { store }: RemoteAccess,
  runId: string,
  cause: number | undefined,
): Promise<void> {
  if (cause === undefined) return;
  try {
    const { causes } = await runStanding(store, await store.readRun(runId));
    causeNumbered(causes, cause, runId);
  } catch (error) {
    if (!isDenied(error)) throw error;
  }
}

/**
 * The rounds whose tenants a redrive does not report again. If something other than tenants ended the run,
 * its last round is resumed and all tenants are reported.
 */
async function roundsBefore(
  { store }: RemoteAccess,
  { id, error }: RemoteRun,
): Promise<readonly RoundRef[]> {
  if (error !== TENANT_MIGRATIONS_FAILED) return [];
  try {
    return await store.listRounds(id);
  } catch (denied) {
    if (isDenied(denied)) return [];
    throw denied;
  }
}

/** Reading the state machine needs a separate permission; the command must not fail for lack of it. */
async function hasOldDefinition(runs: RemoteRuns, runId: string): Promise<boolean> {
  try {
    return await runs.hasOldDefinition(runId);
  } catch (error) {
    if (error instanceof FanfoldError) return false;
    throw error;
  }
}

function runUnderWay({ id }: RemoteRun, stack: string): FanfoldError {
  return new FanfoldError(
    'RunUnderWay',
    `Run ${id} is still in progress, so there is nothing to retry yet.`,
    {
      fault: 'usage',
      nextStep: `Follow it: ${remoteCommand('follow', id, stack)}, or stop it: ${remoteCommand('stop', id, stack)}`,
    },
  );
}

function checkRedrivable(run: RemoteRun, stack: string, now: number): void {
  const refuse = (message: string, nextStep: string) => {
    throw new FanfoldError('RunNotRedrivable', message, { fault: 'usage', nextStep });
  };
  const { id, status, stoppedAt, notRedrivable } = run;
  if (status === 'SUCCEEDED') {
    refuse(
      `Run ${id} succeeded, so there is nothing to redrive.`,
      `Start a new run: ${commandSpan('migrate:all-tenants', '--aws', stack)}`,
    );
  }
  const anew = `Retry its tenants in a new run, which is always possible: ${remoteCommand('migrate:retry', id, stack)}`;
  if (stoppedAt !== undefined && now - stoppedAt.getTime() > REDRIVABLE_MS) {
    const date = stoppedAt.toISOString().slice(0, 10);
    refuse(`Run ${id} ended on ${date}; AWS only redrives within 14 days.`, anew);
  }
  if (notRedrivable !== undefined) refuse(`Run ${id} cannot be redriven: ${notRedrivable}.`, anew);
}
