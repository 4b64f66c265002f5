import type { RoundMember } from '../migrate/candidate.ts';
import type { RunRequest } from '../request.ts';
import { listedMembers } from '../run/listed-members.ts';
import type { RunState, RunStore } from '../run-store.ts';
import type { StepExecution, StepRound } from '../wire/step-data.ts';
import type { ListTenantsResult } from '../wire/step-schemas.ts';
import { batchesOf } from './batches-of.ts';
import { type ItemSources, itemsOf } from './items-of.ts';
import type { StepRunStore, WrittenItems } from './step-ports.ts';

/** Whether a round is the beginning of a run that migrates: the shapes of all of its tenants are read before it. */
export function checksShapes(
  { command }: Pick<RunRequest, 'command'>,
  { wave, round, members }: StepRound,
): boolean {
  return command === 'migrate' && wave === 1 && round === 1 && members === 'wave';
}

/** A run whose tenants have been listed. */
export interface ListedRun {
  readonly execution: StepExecution;
  readonly request: RunRequest;
  readonly state: RunState;
  readonly sources: ItemSources;
}

/**
 * The input of the Map that reads shapes: the items of the first wave if it is the only one, else those of all waves;
 * `undefined` if there is nobody to read.
 */
export async function shapesToRead(
  { execution, request, state, sources }: ListedRun,
  firstWave: WrittenItems,
  store: Pick<StepRunStore, 'readWave' | 'writeItemsOfRun' | 'shapesPrefix'>,
): Promise<ListTenantsResult['shapes']> {
  const { name: runId, redriveCount } = execution;
  const { count, key } =
    state.waves.length === 1
      ? firstWave
      : await store.writeItemsOfRun(runId, itemsOf(allMembers(store, runId, state), sources));
  if (count === 0) return undefined;
  const { maxConcurrency, atATime, perHost } = batchesOf(request);
  return {
    itemsKey: key,
    resultsPrefix: store.shapesPrefix(runId, redriveCount),
    maxConcurrency,
    // A batch does not tell servers apart while it reads.
    atATime: Math.max(1, Math.min(atATime, perHost)),
    redriveCount,
  };
}

async function* allMembers(
  store: Pick<RunStore, 'readWave'>,
  runId: string,
  { waves }: RunState,
): AsyncGenerator<RoundMember, void, undefined> {
  for (const wave of waves.keys()) yield* listedMembers(store, runId, wave + 1);
}
