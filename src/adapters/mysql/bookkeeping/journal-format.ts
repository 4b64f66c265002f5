import { FanfoldError } from '../../../core/errors.ts';

/**
 * Format of the journal's rows, which each row keeps in its `state`. The number grows when an earlier
 * Fanfold would misread a row; a new column, or a new key that readers may ignore, leaves it as it is. Rows
 * without a number can be read by every version: they were written before the number existed, or hold
 * nothing but the checksum of an applied migration. docs/reference/compatibility.md has the policy.
 *
 * Every format keeps `migration`, `number`, `direction`, `checksum`, `run_id` and `state`, and keeps the
 * number in the JSON of `state`, so that every version can tell that a row is not for it.
 */
export const JOURNAL_FORMAT = 1;

/** Part of a row's `state`, whatever else it holds. */
interface FormattedState {
  readonly format?: number | undefined;
}

/** A row's `state` as it is written: with the number of its format. */
export function writeRowState(state: object): string {
  return JSON.stringify({ format: JOURNAL_FORMAT, ...state });
}

/**
 * A row's `state` as it was written; `undefined` if it has none. Throws `JournalNewer` if a later Fanfold
 * wrote the row in a format that this one does not read.
 */
export function readRowState<State>(
  { migration, state }: { readonly migration: string; readonly state: string | null },
  newest = JOURNAL_FORMAT,
): State | undefined {
  if (state === null) return undefined;
  const read = JSON.parse(state) as State & FormattedState;
  if (read.format !== undefined && read.format > newest) {
    throw journalNewer(migration, read.format, newest);
  }
  return read;
}

function journalNewer(migration: string, format: number, newest: number): FanfoldError {
  return new FanfoldError(
    'JournalNewer',
    `A later version of Fanfold has written the journal of this database: "${migration}" is recorded in format ${format}, and this version reads formats up to ${newest}. Nothing was changed.`,
    {
      fault: 'tenant',
      nextStep:
        'Use the later version here too: upgrade the package, or deploy the stack that has it.',
    },
  );
}
