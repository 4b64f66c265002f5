import { isFanfoldError } from '../core/errors.ts';
import type { RunRecord, RunStore } from '../core/ports.ts';
import type { RunHistory } from '../core/run/run-history.ts';
import type { App } from './app.ts';
import type { RunStoreOptions } from './options/setup-options.ts';
import type { RemoteAccess } from './remote/remote-access.ts';

/** The runs of a folder of this machine, or of a deployed stack. */
export interface KeptRuns {
  readonly history: RunHistory;
  readRun(runId: string): Promise<RunRecord>;
  /** Where a run is kept, for people. */
  location(runId: string): string;
  /** What `--aws` names, if it does. */
  readonly stack: string | undefined;
}

/** Step Functions lists the newest; older ones are found by their id. */
const LISTED_ON_AWS = 100;

/** Opens the runs that a command is about; with `aws` those of the stack. */
export async function openKeptRuns(
  { wiring }: Pick<App, 'wiring'>,
  { aws, ...options }: RunStoreOptions & { readonly aws?: string | undefined },
): Promise<KeptRuns> {
  if (aws !== undefined) return remoteRuns(await wiring.remote(aws), aws);
  const store = await wiring.runStore(options);
  return {
    history: localHistory(store),
    readRun: (id) => store.readRun(id),
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
  // The ARN that the console shows is as good as the name.
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
    location: (id) => store.location(id),
    stack,
  };

  /** An execution whose request was refused has no run. */
  async function readIfThere(id: string): Promise<RunRecord | undefined> {
    try {
      return await store.readRun(id);
    } catch (error) {
      if (isFanfoldError(error) && error.code === 'RunUnknown') return undefined;
      throw error;
    }
  }
}
