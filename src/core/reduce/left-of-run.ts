import { FanfoldError } from '../errors.ts';
import type { RunRecord, RunStore } from '../run-store.ts';
import { type LeftOfRun, reduceRun } from './reduce-run.ts';
import { causeNumbered, runStanding } from './run-standing.ts';

type Store = Pick<RunStore, 'readRun' | 'readState' | 'listRounds' | 'readOutcomes' | 'readWave'>;

/**
 * The tenants that an earlier run leaves to a retry, even if it was killed and has no summary. Throws
 * `RunUnknown`, `RunNotListed` if it ended before its tenants were listed, and
 * `PlanLeavesNothing` for a run that only planned.
 */
export async function leftOfRun(store: Store, runId: string): Promise<LeftOfRun> {
  refusePlan(await store.readRun(runId));
  const { waves } = await store.readState(runId);
  return (await reduceRun(store, runId, waves)).left;
}

/** The same for those that failed of one cause; throws `CauseUnknown` as well. */
export async function tenantsOfCause(
  store: Store,
  runId: string,
  number: number,
): Promise<LeftOfRun> {
  const record = await store.readRun(runId);
  refusePlan(record);
  const { causes, tenants } = await runStanding(store, record);
  const cause = causeNumbered(causes, number, runId);
  return {
    count: cause.count,
    async *ids() {
      for await (const { id } of tenants(cause)) yield id;
    },
  };
}

function refusePlan({ id, request }: RunRecord): void {
  if (request.command !== 'plan') return;
  throw new FanfoldError(
    'PlanLeavesNothing',
    `Run "${id}" was a plan: it changed nothing, so it leaves nothing to retry.`,
    {
      fault: 'usage',
      nextStep: 'Name a run that migrates, or start a new one.',
    },
  );
}
