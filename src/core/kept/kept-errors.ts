import { FanfoldError } from '../errors.ts';

/** The error for a table or column that cannot be kept aside. It was not dropped. */
export function cannotBeKept(subject: string, why: string): FanfoldError {
  return new FanfoldError(
    'CannotBeKept',
    `safety.keep is true, and ${subject} cannot be kept aside: ${why} Nothing was dropped.`,
    {
      fault: 'migration',
      nextStep:
        "Remove the reason, or give the values up for this migration alone: `export const safety = { keep: false, why: '…' }`",
    },
  );
}
