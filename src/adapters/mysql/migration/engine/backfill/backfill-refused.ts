import { FanfoldError } from '../../../../../core/errors.ts';

/** The error for a backfill that cannot run in this tenant; nothing was changed. `reason` is a sentence. */
export function backfillRefused(reason: string, nextStep: string): FanfoldError<'BackfillRefused'> {
  return new FanfoldError('BackfillRefused', `${reason} Nothing was changed.`, {
    fault: 'migration',
    nextStep,
  });
}
