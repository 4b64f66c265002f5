import { FanfoldError } from '../../core/errors.ts';
import type { RoundRef } from '../../core/ports.ts';
import { causeNumbered, runStanding } from '../../core/reduce/run-standing.ts';
import type { RemoteRun, RemoteRuns } from '../../core/remote-runs.ts';
import type { RunRequest } from '../../core/request.ts';
import { TENANT_MIGRATIONS_FAILED } from '../../core/wire/error-names.ts';
import { parseRunRequest } from '../../core/wire/parse-run-request.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import type { JunitOptions, OutputOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import type { RunWording } from '../output/text-reporter.ts';
import { findRemoteRun } from './find-remote-run.ts';
import { isUnderWay } from './follow-run.ts';
import { isDenied } from './is-denied.ts';
import type { RemoteAccess } from './remote-access.ts';
import { remoteCommand } from './remote-command.ts';
import { type BegunRun, followRemotely } from './run-remotely.ts';

/** How a run is done once more. */
export interface RemoteRetry {
  /** What is to be otherwise than in the earlier run. */
  readonly request: Partial<RunRequest>;
  readonly wording: Omit<RunWording, 'retryCommand'>;
}

/** Step Functions redrives an execution within 14 days of its end. */
const REDRIVABLE_MS = 14 * 24 * 3_600_000;

/**
 * Does what an earlier run on AWS left, and follows it: in a new execution, which inherits the
 * earlier request, or with `redrive` in the execution itself. Throws `RunUnderWay` and, for a redrive,
 * `RunNotRedrivable` (both `usage`).
 */
export function retryRemotely(
  app: App,
  name: string | undefined,
  options: OutputOptions & JunitOptions & { readonly aws: string; readonly redrive?: boolean },
  { request, wording }: RemoteRetry,
): Promise<number> {
  // Which run it is shows when the stack is asked.
  parseRunRequest({ ...request, retryOf: name ?? 'last' });
  const { aws: stack, redrive = false, json = false } = options;
  const begin = async (remote: RemoteAccess, screen: Screen): Promise<BegunRun> => {
    const earlier = await findRemoteRun(remote, name, {
      command: 'migrate:retry',
      only: ['migrate', 'rollback'],
    });
    if (isUnderWay(earlier)) throw runUnderWay(earlier, stack);
    await checkCause(remote, earlier.id, request.cause);
    if (!json) {
      const what = redrive ? 'Going on with run' : 'Retrying what run';
      const rest = redrive ? '' : ' left';
      screen.print([`🚀 ${what} ${printable(earlier.id)}${rest}...`]);
    }
    if (!redrive) {
      const retry = { ...request, retryOf: earlier.id };
      return { run: await remote.runs.start(app.wiring.newRunId(), retry) };
    }
    checkRedrivable(earlier, stack, remote.clock.now());
    if (await hasOldDefinition(remote.runs, earlier.id)) {
      screen.warn(
        'Note: The state machine was deployed anew since this run began. A redriven run goes on in the machine that it began in, with the functions and migrations of today.',
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

/** A cause that the run does not have shows here, and not after an execution has failed over it. */
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
 * The rounds whose tenants a redrive does not tell of again. Where something else than tenants ended
 * the run, its last round goes on, and all are told.
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

/** Reading the machine takes a right of its own, and a note is not worth failing for the lack of it. */
async function hasOldDefinition(runs: RemoteRuns, runId: string): Promise<boolean> {
  try {
    return await runs.hasOldDefinition(runId);
  } catch (error) {
    if (error instanceof FanfoldError) return false;
    throw error;
  }
}

function runUnderWay({ id }: RemoteRun, stack: string): FanfoldError {
  return new FanfoldError('RunUnderWay', `Run ${id} is still under way, so it has left nothing.`, {
    fault: 'usage',
    nextStep: `Follow it: ${remoteCommand('follow', id, stack)}, or stop it: ${remoteCommand('stop', id, stack)}`,
  });
}

function checkRedrivable(run: RemoteRun, stack: string, now: number): void {
  const refuse = (message: string, nextStep: string) => {
    throw new FanfoldError('RunNotRedrivable', message, { fault: 'usage', nextStep });
  };
  const { id, status, stoppedAt, notRedrivable } = run;
  if (status === 'SUCCEEDED') {
    refuse(
      `Run ${id} has succeeded, so there is nothing to redrive.`,
      `Start a new run: ${commandSpan('migrate:all-tenants', '--aws', stack)}`,
    );
  }
  const anew = `Do what it left in a new run, which is always possible: ${remoteCommand('migrate:retry', id, stack)}`;
  if (stoppedAt !== undefined && now - stoppedAt.getTime() > REDRIVABLE_MS) {
    const date = stoppedAt.toISOString().slice(0, 10);
    refuse(`Run ${id} ended on ${date}; AWS redrives within 14 days.`, anew);
  }
  if (notRedrivable !== undefined) refuse(`Run ${id} cannot be redriven: ${notRedrivable}.`, anew);
}
