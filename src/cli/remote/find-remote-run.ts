import { FanfoldError } from '../../core/errors.ts';
import type { RemoteRun, RemoteRuns } from '../../core/remote-runs.ts';
import type { RunRequest } from '../../core/request.ts';
import { newestLeaving } from '../../core/run/run-history.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { remoteRuns } from '../kept-runs.ts';
import { isUnderWay } from './follow-run.ts';
import { isDenied } from './is-denied.ts';
import { remoteCommand } from './remote-command.ts';
import type { RemoteRunStore } from './remote-run-store.ts';

/** Executions among which `last` is looked for; plans in between are passed over. */
const LOOKED_AT = 20;
/** Runs that are listed where none was named. */
const LISTED = 5;

type Command = RunRequest['command'];

export interface FindOptions {
  /** What is to be done with it, for the list and the next step. */
  readonly command: 'follow' | 'stop' | 'throttle' | 'migrate:retry' | 'migrate:rollback-run';
  /** Only runs that were asked for these, such as because a plan leaves nothing to do. */
  readonly only?: readonly Command[] | undefined;
}

/**
 * The run of a stack that a person means: an id, the ARN of its execution as the console shows it,
 * or `last`: to be retried, the newest that leaves something; else the newest that is `only` of the kind, else the one that is under way, if there is one, a
 * schedule may have given way to it since. Throws `RunMissing`, which lists the newest, where nothing is
 * named or there is none.
 */
export async function findRemoteRun(
  { runs, store }: { readonly runs: RemoteRuns; readonly store: RemoteRunStore },
  name: string | undefined,
  { command, only }: FindOptions,
): Promise<RemoteRun> {
  if (name !== undefined && name !== 'last') return runs.read(idOf(name, runs));
  if (name === 'last' && command === 'migrate:retry') {
    const leaving = await newestThatLeaves({ runs, store });
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
  // The list says less than the run itself.
  if (name === 'last' && found !== undefined) return runs.read(found.id);
  throw runMissing(newest, runs.stack.name, command);
}

/**
 * The newest run that leaves something; `undefined` if none does, if a run is under way, which leaves nothing
 * yet, or if what the runs left may not be read.
 */
async function newestThatLeaves(remote: {
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
    `${name} is no execution of the stack "${stack.name}", whose state machine is ${stack.stateMachineArn}.`,
    { fault: 'usage', nextStep: 'Name the stack that the execution belongs to with --aws.' },
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
    // It ended before it had a request that could be read.
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
    return new FanfoldError('RunMissing', `The stack "${stack}" has had no run yet.`, {
      fault: 'usage',
      nextStep: `Start one: ${commandSpan('migrate:all-tenants', '--aws', stack)}`,
    });
  }
  const lines = runs.map(
    ({ id, startedAt, status }) =>
      `  ${id}  ${startedAt.toISOString().replace(/T(.{8}).*/, ' $1 UTC')}  ${status}`,
  );
  return new FanfoldError('RunMissing', ['Which run? The newest:', ...lines].join('\n'), {
    fault: 'usage',
    nextStep: `Name one, or "last": ${remoteCommand(command, newest.id, stack)}`,
  });
}
