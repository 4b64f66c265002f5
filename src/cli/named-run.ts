import { FanfoldError } from '../core/errors.ts';
import { type RunStanding, runStanding } from '../core/reduce/run-standing.ts';
import { newestLeaving, standingOf } from '../core/run/run-history.ts';
import type { KeptRuns } from './kept-runs.ts';

/**
 * How the run stands that a person means: an id, or `last` for the newest that leaves something.
 * Throws `RunMissing` if none does, or there is none.
 */
export async function namedRun(runs: KeptRuns, name: string): Promise<RunStanding> {
  if (name === 'last') {
    const last = await newestLeaving(runs.history);
    if (last === undefined) throw nothingLeft(runs);
    return last;
  }
  const record = await runs.readRun(name);
  // What is no longer among the newest is read by itself.
  return (await standingOf(runs.history, record.id)) ?? runStanding(runs.history, record);
}

function nothingLeft({ stack }: KeptRuns): FanfoldError {
  const flags = stack === undefined ? '' : ` --aws ${stack}`;
  return new FanfoldError('RunMissing', 'No run leaves anything: "last" is the newest that does.', {
    fault: 'usage',
    nextStep: `Name a run; \`fanfold runs list${flags}\` lists them.`,
  });
}
