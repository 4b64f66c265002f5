import type { ControlStore, RunControl } from '../../core/backfill/run-control.ts';
import { FanfoldError, isFanfoldError } from '../../core/errors.ts';
import type { RunRecord, RunStore } from '../../core/run-store.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import type { RunStoreOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import type { RunsWiring } from '../wiring/wire-runs.ts';

/** A wish for a run in another process, and its texts. */
export interface RunWish {
  readonly wish: Partial<RunControl>;
  /** The sentence that reports it. */
  readonly said: (runId: string) => string;
  /** Throws if the wish means nothing to such a run. Default: it does to any. */
  readonly check?: ((run: RunRecord) => void) | undefined;
  /** The next step if the run has ended. */
  readonly whenOver: string;
}

/**
 * Writes a wish for a run in another process, which follows it within a second. Throws `RunUnknown` or `RunIsOver`
 * (`usage`).
 */
export function controlRun(
  { host, wiring }: App<RunsWiring>,
  name: string,
  options: RunStoreOptions,
  wished: RunWish,
): Promise<number> {
  return usingScreen(host, async (screen) => {
    const store = await wiring.runStore(options);
    const runId = await runUnderWay(store, name, wished);
    const before = await store.readControl(runId);
    await store.writeControl(runId, { isPaused: false, ...before, ...wished.wish });
    screen.print([wished.said(printable(runId))]);
    return EXIT.ok;
  });
}

/** The run with this id, or the newest for `last`. */
async function runUnderWay(
  store: RunStore & ControlStore,
  name: string,
  { check, whenOver }: RunWish,
): Promise<string> {
  const newest = name === 'last' ? (await store.listRuns())[0] : name;
  if (newest === undefined) {
    throw new FanfoldError('RunUnknown', 'There is no run yet.', {
      fault: 'usage',
      nextStep: 'Start one, or name the folder of its run store with --run-store <dir>.',
    });
  }
  const run = await store.readRun(newest);
  check?.(run);
  if (!(await isOver(store, run.id))) return run.id;
  throw new FanfoldError('RunIsOver', `The run ${run.id} has ended.`, {
    fault: 'usage',
    nextStep: whenOver,
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
