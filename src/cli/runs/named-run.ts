import { FanfoldError } from '../../core/errors.ts';
import { type RunStanding, runStanding } from '../../core/reduce/run-standing.ts';
import { newestLeaving, standingOf } from '../../core/run/run-history.ts';
import type { KeptRuns } from './kept-runs.ts';

/**
 * The state of a run by its id, or by `last` for the newest with tenants to retry. Throws `RunMissing` if
 * there is none.
 */
export async function namedRun(runs: KeptRuns, name: string): Promise<RunStanding> {
  if (name === 'last') {
    const last = await newestLeaving(runs.history);
    if (last === undefined) throw nothingLeft(runs);
    return last;
  }
  const record = await runs.readRun(name);
  // A run that is no longer among the newest is read by itself.
  return (await standingOf(runs.history, record.id)) ?? runStanding(runs.history, record);
}

function nothingLeft({ stack }: KeptRuns): FanfoldError {
  const flags = stack === undefined ? '' : ` --aws ${stack}`;
  return new FanfoldError('RunMissing', 'No run has tenants to retry, so there is no "last".', {
    fault: 'usage',
    nextStep: `Name a run. List them: \`fanfold runs list${flags}\``,
  });
}
