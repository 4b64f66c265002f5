import { FanfoldError } from '../core/errors.ts';
import type { RunRecord, RunStore } from '../core/ports.ts';

/** Runs that are listed where none was named. */
const LISTED = 5;

/**
 * The run that a person means: an id, or `last` for the newest one that migrated. Throws
 * `RunMissing`, which lists the newest, where nothing is named or there is no run.
 */
export async function findRun(
  store: Pick<RunStore, 'listRuns' | 'readRun' | 'readState'>,
  name: string | undefined,
): Promise<RunRecord> {
  if (name !== undefined && name !== 'last') return store.readRun(name);
  const newest: RunRecord[] = [];
  for (const id of await store.listRuns()) {
    const run = await store.readRun(id);
    // A plan leaves nothing to do.
    if (run.request.command !== 'migrate') continue;
    if (name === 'last') return run;
    newest.push(run);
    if (newest.length >= LISTED) break;
  }
  throw runMissing(await Promise.all(newest.map((run) => describe(store, run))), newest);
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

function runMissing(lines: readonly string[], [newest]: readonly RunRecord[]): FanfoldError {
  if (newest === undefined) {
    return new FanfoldError('RunMissing', 'There is no run that could be retried.', {
      fault: 'usage',
      nextStep: 'Start one: npm run migrate:all-tenants',
    });
  }
  return new FanfoldError(
    'RunMissing',
    ['Which run is to be retried? The newest:', ...lines].join('\n'),
    { fault: 'usage', nextStep: `Name one, or "last": npm run migrate:retry ${newest.id}` },
  );
}
