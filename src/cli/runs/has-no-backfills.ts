import { FanfoldError } from '../../core/errors.ts';

/** The error for a run that changes no rows. */
export function hasNoBackfills(runId: string): FanfoldError {
  return new FanfoldError('RequestInvalid', `The run ${runId} has no backfills.`, {
    fault: 'usage',
    nextStep: 'Name a run of `fanfold migrate:backfills`, or one with `--phase all`.',
  });
}
