import { isFanfoldError } from '../../core/errors.ts';
import type { Rollout } from '../../core/rollout/rollout.ts';
import type { RunHistory } from '../../core/run/run-history.ts';
import type { RunRecord, RunStore } from '../../core/run-store.ts';
import type { App } from '../app.ts';
import type { RunStoreOptions } from '../options/setup-options.ts';
import type { RemoteAccess } from '../remote/remote-access.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import type { RunsWiring } from '../wiring/wire-runs.ts';

/** The stored runs of this machine, or of a deployed stack. */
export interface KeptRuns {
  readonly history: RunHistory;
  readRun(runId: string): Promise<RunRecord>;
  /** How the run was held between its waves; `undefined` if it never was. */
  readRollout(runId: string): Promise<Rollout | undefined>;
  /** The place in which a run is stored, for display. */
  location(runId: string): string;
  /** The stack of `--aws`, if it was given. */
  readonly stack: string | undefined;
}

/** The groups of the wiring that read runs. */
export type KeptRunsWiring = RunsWiring & RemoteWiring;

/** The number of newest executions that are listed; older ones are found by their id. */
const LISTED_ON_AWS = 100;

/** Opens the stored runs of this machine or, with `aws`, of the stack. */
export async function openKeptRuns(
  { wiring }: Pick<App<KeptRunsWiring>, 'wiring'>,
  { aws, ...options }: RunStoreOptions & { readonly aws?: string | undefined },
): Promise<KeptRuns> {
  if (aws !== undefined) return remoteRuns(await wiring.remote(aws), aws);
  const store = await wiring.runStore(options);
  return {
    history: localHistory(store),
    readRun: (id) => store.readRun(id),
    readRollout: (id) => store.readRollout(id),
    location: (id) => store.location(id),
    stack: undefined,
  };
}

/** The runs of a local store. */
export function localHistory(
  store: Pick<
    RunStore,
    'listRuns' | 'readRun' | 'readState' | 'listRounds' | 'readOutcomes' | 'readWave'
  >,
): RunHistory {
  return {
    readState: (id) => store.readState(id),
    listRounds: (id) => store.listRounds(id),
    readOutcomes: (id, wave, round) => store.readOutcomes(id, wave, round),
    readWave: (id, wave) => store.readWave(id, wave),
    async *newest() {
      for (const id of await store.listRuns()) yield store.readRun(id);
    },
  };
}

/** The runs of a stack. */
export function remoteRuns(
  { runs, store }: Pick<RemoteAccess, 'runs' | 'store'>,
  stack: string,
): KeptRuns {
  const prefix = `${runs.stack.stateMachineArn.replace(':stateMachine:', ':execution:')}:`;
  // The ARN that the console shows is accepted as well as the id.
  const idOf = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  return {
    history: {
      readState: (id) => store.readState(id),
      listRounds: (id) => store.listRounds(id),
      readOutcomes: (id, wave, round) => store.readOutcomes(id, wave, round),
      readWave: (id, wave) => store.readWave(id, wave),
      async *newest() {
        for (const { id } of await runs.newest(LISTED_ON_AWS)) {
          const record = await readIfThere(id);
          if (record !== undefined) yield record;
        }
      },
    },
    readRun: (name) => store.readRun(idOf(name)),
    readRollout: (name) => store.readRollout(idOf(name)),
    location: (id) => store.location(id),
    stack,
  };

  /** `undefined` for an execution whose request was refused: it has no run. */
  async function readIfThere(id: string): Promise<RunRecord | undefined> {
    try {
      return await store.readRun(id);
    } catch (error) {
      if (isFanfoldError(error) && error.code === 'RunUnknown') return undefined;
      throw error;
    }
  }
}
