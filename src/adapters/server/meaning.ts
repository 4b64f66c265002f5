import type { ServerFamily } from './server-flavour.ts';

/** The meaning of a server error for a migration. */
export interface StatementErrorMeaning {
  readonly code: string;
  readonly nextStep: string;
  /** Whether another attempt may succeed without anybody changing the migration or the data. */
  readonly retryable?: boolean;
}

/** A meaning, and if a number has more than one, what tells that it is this. */
export interface StatementErrorEntry extends StatementErrorMeaning {
  /** The servers that mean this by it, if the others mean something else. */
  readonly family?: ServerFamily;
  /**
   * Texts in the message if it means this: names of options and fixed English, which no
   * `lc_messages` translates.
   */
  readonly says?: RegExp;
}

/** Entries of several numbers with one meaning. */
export function all(
  entry: StatementErrorEntry,
  ...errnos: readonly number[]
): [number, StatementErrorEntry][] {
  return errnos.map((errno) => [errno, entry]);
}
