import { FanfoldError } from '../../core/errors.ts';
import type { RunRequest } from '../../core/request.ts';
import { newestLeaving } from '../../core/run/run-history.ts';
import type { RunRecord, RunStore } from '../../core/run-store.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { localHistory } from './kept-runs.ts';

/** The number of runs that are listed if none was named. */
const LISTED = 5;

/** Purposes of finding a run, with the commands of suitable runs: a plan has nothing to retry. */
const PURPOSES = {
  retry: { commands: ['migrate', 'rollback'], verb: 'retried', command: 'migrate:retry' },
  rollback: { commands: ['migrate'], verb: 'rolled back', command: 'migrate:rollback-run' },
} as const satisfies Record<string, { commands: RunRequest['command'][]; [word: string]: unknown }>;

type Purpose = keyof typeof PURPOSES;

/**
 * Finds a run by its id or by `last`: for a retry the newest with tenants to retry, for a rollback the newest
 * that migrated. Throws `RunMissing`, which lists the newest runs, if none was named or there is none.
 */
export async function findRun(
  store: Parameters<typeof localHistory>[0],
  name: string | undefined,
  purpose: Purpose = 'retry',
): Promise<RunRecord> {
  const commands: readonly RunRequest['command'][] = PURPOSES[purpose].commands;
  if (name !== undefined && name !== 'last') return store.readRun(name);
  if (name === 'last' && purpose === 'retry') {
    const leaving = await newestLeaving(localHistory(store));
    // If no run has tenants to retry, the newest is used and reports that.
    if (leaving !== undefined) return leaving.record;
  }
  const newest: RunRecord[] = [];
  for (const id of await store.listRuns()) {
    const run = await store.readRun(id);
    if (!commands.includes(run.request.command)) continue;
    if (name === 'last') return run;
    newest.push(run);
    if (newest.length >= LISTED) break;
  }
  const lines = await Promise.all(newest.map((run) => describe(store, run)));
  throw runMissing(lines, newest, purpose);
}

async function describe(store: Pick<RunStore, 'readState'>, run: RunRecord): Promise<string> {
  const startedAt = run.startedAt.replace(/T(.{8}).*/, ' $1 UTC');
  return `  ${run.id}  ${startedAt}  ${await statusOf(store, run.id)}`;
}

async function statusOf(store: Pick<RunStore, 'readState'>, runId: string): Promise<string> {
  try {
    const { status } = await store.readState(runId);
    // A run that was killed could not record its end.
    return status === 'running' ? 'unfinished' : status;
  } catch (error) {
    // The run was killed before it listed its tenants.
    if (error instanceof FanfoldError && error.fault === 'usage') return 'not started';
    throw error;
  }
}

function runMissing(
  lines: readonly string[],
  [newest]: readonly RunRecord[],
  purpose: Purpose,
): FanfoldError {
  const { verb, command } = PURPOSES[purpose];
  if (newest === undefined) {
    return new FanfoldError('RunMissing', `There is no run that can be ${verb}.`, {
      fault: 'usage',
      nextStep: 'Start one: `fanfold migrate:all-tenants`',
    });
  }
  return new FanfoldError(
    'RunMissing',
    [`No run was named. The newest runs that can be ${verb}:`, ...lines].join('\n'),
    { fault: 'usage', nextStep: `Name one, or use "last": ${commandSpan(command, newest.id)}` },
  );
}
