import { FanfoldError } from '../../core/errors.ts';

/** The error for options that have no meaning together, or one without the other. */
export function optionsExclude(message: string, nextStep: string): FanfoldError {
  return new FanfoldError('OptionsExclude', message, { fault: 'usage', nextStep });
}
