import type { ErrorCode } from '../../core/error-codes.ts';
import type { ServerFamily } from './server-flavour.ts';

/** The meaning of a server error for a migration. */
export interface StatementErrorMeaning {
  readonly code: ErrorCode;
  readonly nextStep: string;
  /** Whether another attempt may succeed without anybody changing the migration or the data. */
  readonly retryable?: boolean;
}

/** A meaning, with the conditions that select it if a number has several meanings. */
export interface StatementErrorEntry extends StatementErrorMeaning {
  /** The family in which the number has this meaning, if it has another one in the other family. */
  readonly family?: ServerFamily;
  /**
   * Matches the message if it has this meaning: option names and fixed English, which `lc_messages` does
   * not translate.
   */
  readonly says?: RegExp;
}

/** Creates entries for several numbers with the same meaning. */
export function all(
  entry: StatementErrorEntry,
  ...errnos: readonly number[]
): [number, StatementErrorEntry][] {
  return errnos.map((errno) => [errno, entry]);
}
