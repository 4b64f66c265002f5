import { FanfoldError } from '../../core/errors.ts';
import type { RemoteRun, RemoteRuns } from '../../core/remote/remote-runs.ts';
import type { RunRequest } from '../../core/request.ts';
import { newestLeaving } from '../../core/run/run-history.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { remoteRuns } from '../runs/kept-runs.ts';
import { isUnderWay } from './follow-run.ts';
import { isDenied } from './is-denied.ts';
import { remoteCommand } from './remote-command.ts';
import type { RemoteRunStore } from './remote-run-store.ts';

/** The number of newest executions in which `last` is searched; plans are skipped. */
const LOOKED_AT = 20;
/** The number of runs that are listed if none was named. */
const LISTED = 5;

type Command = RunRequest['command'];

export interface FindOptions {
  /** The command that needs the run, for the list and the next step. */
  readonly command:
    | 'follow'
    | 'stop'
    | 'throttle'
    | 'pause'
    | 'resume'
    | 'approve'
    | 'reject'
    | 'migrate:retry'
    | 'migrate:rollback-run';
  /** Only runs of these commands; a plan, for example, has nothing to retry. */
  readonly only?: readonly Command[] | undefined;
}

/**
 * Finds a run of a stack by its id, by the ARN of its execution, or by `last`: for a retry, the newest run
 * with tenants to retry; otherwise the newest of the `only` commands, or the run in progress (a newer
 * scheduled run may have given way to it). Throws `RunMissing`, which lists the newest runs, if none was
 * named or there is none.
 */
export async function findRemoteRun(
  { runs, store }: { readonly runs: RemoteRuns; readonly store: RemoteRunStore },
  name: string | undefined,
  { command, only }: FindOptions,
): Promise<RemoteRun> {
  if (name !== undefined && name !== 'last') return runs.read(idOf(name, runs));
  if (name === 'last' && command === 'migrate:retry') {
    const leaving = await newestToRetry({ runs, store });
    if (leaving !== undefined) return leaving;
  }
  const newest: RemoteRun[] = [];
  const most = name === 'last' ? 1 : LISTED;
  for (const run of inOrder(await runs.newest(LOOKED_AT), only === undefined)) {
    if (only !== undefined && !(await isOneOf(only, store, run.id))) continue;
    newest.push(run);
    if (newest.length >= most) break;
  }
  const [found] = newest;
  // The list has fewer details than the run itself.
  if (name === 'last' && found !== undefined) return runs.read(found.id);
  throw runMissing(newest, runs.stack.name, command);
}

/**
 * The newest run with tenants to retry; `undefined` if there is none, if a run is in progress, or if reading
 * the results is not allowed.
 */
async function newestToRetry(remote: {
  readonly runs: RemoteRuns;
  readonly store: RemoteRunStore;
}): Promise<RemoteRun | undefined> {
  const { runs } = remote;
  if ((await runs.newest(LOOKED_AT)).some(isUnderWay)) return undefined;
  try {
    const leaving = await newestLeaving(remoteRuns(remote, runs.stack.name).history);
    return leaving === undefined ? undefined : await runs.read(leaving.record.id);
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

function inOrder(newest: readonly RemoteRun[], underWayFirst: boolean): readonly RemoteRun[] {
  if (!underWayFirst) return newest;
  return [...newest.filter(isUnderWay), ...newest.filter((run) => !isUnderWay(run))];
}

function idOf(name: string, { stack }: RemoteRuns): string {
  if (!name.startsWith('arn:')) return name;
  const prefix = `${stack.stateMachineArn.replace(':stateMachine:', ':execution:')}:`;
  if (name.startsWith(prefix)) return name.slice(prefix.length);
  throw new FanfoldError(
    'RunUnknown',
    `${name} is not an execution of the stack "${stack.name}", whose state machine is ${stack.stateMachineArn}.`,
    { fault: 'usage', nextStep: 'Name the stack of the execution with --aws.' },
  );
}

async function isOneOf(
  commands: readonly Command[],
  store: RemoteRunStore,
  runId: string,
): Promise<boolean> {
  try {
    return commands.includes((await store.readRun(runId)).request.command);
  } catch (error) {
    // The run ended before its request was stored.
    if (error instanceof FanfoldError && error.code === 'RunUnknown') return false;
    throw error;
  }
}

function runMissing(
  runs: readonly RemoteRun[],
  stack: string,
  command: FindOptions['command'],
): FanfoldError {
  const [newest] = runs;
  if (newest === undefined) {
    return new FanfoldError('RunMissing', `The stack "${stack}" has no runs yet.`, {
      fault: 'usage',
      nextStep: `Start one: ${commandSpan('migrate:all-tenants', '--aws', stack)}`,
    });
  }
  const lines = runs.map(
    ({ id, startedAt, status }) =>
      `  ${id}  ${startedAt.toISOString().replace(/T(.{8}).*/, ' $1 UTC')}  ${status}`,
  );
  return new FanfoldError(
    'RunMissing',
    ['No run was named. The newest runs:', ...lines].join('\n'),
    {
      fault: 'usage',
      nextStep: `Name one, or use "last": ${remoteCommand(command, newest.id, stack)}`,
    },
  );
}
