import { takesBackfills } from '../../core/backfill/pass-of-run.ts';
import type { ControlStore, RunControl } from '../../core/backfill/run-control.ts';
import { FanfoldError, isFanfoldError } from '../../core/errors.ts';
import type { RunStore } from '../../core/run-store.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import type { RunStoreOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import type { RunsWiring } from '../wiring/wire-runs.ts';

/** Writes a wish for the backfills of a run, which its process follows within a second. */
export function controlRun(
  { host, wiring }: App<RunsWiring>,
  name: string,
  options: RunStoreOptions,
  { wish, said }: { readonly wish: Partial<RunControl>; readonly said: (runId: string) => string },
): Promise<number> {
  return usingScreen(host, async (screen) => {
    const store = await wiring.runStore(options);
    const runId = await runUnderWay(store, name);
    const before = await store.readControl(runId);
    await store.writeControl(runId, { isPaused: false, ...before, ...wish });
    screen.print([said(printable(runId))]);
    return EXIT.ok;
  });
}

/** The run with this id, or the newest for `last`. Throws `RunIsOver` (usage) if it has ended. */
async function runUnderWay(store: RunStore & ControlStore, name: string): Promise<string> {
  const newest = name === 'last' ? (await store.listRuns())[0] : name;
  if (newest === undefined) {
    throw new FanfoldError('RunUnknown', 'There is no run yet.', {
      fault: 'usage',
      nextStep: 'Start one with: `fanfold migrate:backfills`',
    });
  }
  const { id, request } = await store.readRun(newest);
  if (!takesBackfills(request)) throw hasNoBackfills(id);
  if (!(await isOver(store, id))) return id;
  throw new FanfoldError('RunIsOver', `The run ${id} has ended.`, {
    fault: 'usage',
    nextStep: 'Continue its backfills with: `fanfold migrate:backfills`',
  });
}

/** The error for a run that changes no rows. */
export function hasNoBackfills(runId: string): FanfoldError {
  return new FanfoldError('RequestInvalid', `The run ${runId} has no backfills.`, {
    fault: 'usage',
    nextStep: 'Name a run of `fanfold migrate:backfills`, or one with `--phase all`.',
  });
}

async function isOver(store: RunStore, runId: string): Promise<boolean> {
  try {
    return (await store.readState(runId)).status !== 'running';
  } catch (error) {
    if (isFanfoldError(error) && error.code === 'RunNotListed') return false;
    throw error;
  }
}
