import { FanfoldError } from '../core/errors.ts';
import type { RunRecord, RunStore } from '../core/ports.ts';
import type { RunRequest } from '../core/request.ts';
import { newestLeaving } from '../core/run/run-history.ts';
import { commandSpan } from '../core/wording/command-span.ts';
import { localHistory } from './kept-runs.ts';

/** Runs that are listed if none was named. */
const LISTED = 5;

/** Purposes for which a run is looked for, and commands that leave such a run: a plan leaves nothing to do. */
const PURPOSES = {
  retry: { commands: ['migrate', 'rollback'], verb: 'retried', command: 'migrate:retry' },
  rollback: { commands: ['migrate'], verb: 'rolled back', command: 'migrate:rollback-run' },
} as const satisfies Record<string, { commands: RunRequest['command'][]; [word: string]: unknown }>;

type Purpose = keyof typeof PURPOSES;

/**
 * The run that a person means: an id, or `last`: to be retried, the newest that leaves something, and
 * to be rolled back, the newest that migrated. Throws
 * `RunMissing`, which lists the newest, if nothing is named or there is no run.
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
    // If none leaves anything the newest says so.
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
    // A run that was killed could not write that it has ended.
    return status === 'running' ? 'unfinished' : status;
  } catch (error) {
    // A run that was killed before it had listed its tenants.
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
    return new FanfoldError('RunMissing', `There is no run that could be ${verb}.`, {
      fault: 'usage',
      nextStep: 'Start one: `fanfold migrate:all-tenants`',
    });
  }
  return new FanfoldError(
    'RunMissing',
    [`Which run is to be ${verb}? The newest:`, ...lines].join('\n'),
    { fault: 'usage', nextStep: `Name one, or "last": ${commandSpan(command, newest.id)}` },
  );
}
