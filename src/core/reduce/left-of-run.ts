import { FanfoldError } from '../errors.ts';
import type { RunStore } from '../ports.ts';
import { type LeftOfRun, reduceRun } from './reduce-run.ts';

/**
 * What an earlier run leaves to a retry, also where it was killed and has no summary. Throws
 * `RunUnknown`, `RunNotListed` where it ended before its tenants were listed, and
 * `PlanLeavesNothing` for a run that only planned.
 */
export async function leftOfRun(
  store: Pick<RunStore, 'readRun' | 'readState' | 'listRounds' | 'readOutcomes' | 'readWave'>,
  runId: string,
): Promise<LeftOfRun> {
  const { request } = await store.readRun(runId);
  if (request.command === 'plan') {
    throw new FanfoldError(
      'PlanLeavesNothing',
      `Run "${runId}" was a plan: it changed nothing, so it leaves nothing to retry.`,
      {
        fault: 'usage',
        nextStep: 'Name a run that migrates, or start a new one.',
      },
    );
  }
  const { waves } = await store.readState(runId);
  return (await reduceRun(store, runId, waves)).left;
}
