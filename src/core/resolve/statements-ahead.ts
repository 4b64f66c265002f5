import type { StatementStanding } from '../half-applied.ts';

/** One statement that a migration would send next. */
export interface StatementAhead extends StatementStanding {
  /** Whole, to be run by hand: DDL as it is sent; others with `?` for values, unless values were requested. */
  readonly sql: string;
}

/**
 * The statements that a half-applied migration would still send, found by running its code without sending anything
 * but reads. Rows that the statements would change are as they were, so a migration that decides by
 * them may really send others.
 */
export interface StatementsAhead {
  readonly statements: readonly StatementAhead[];
  /** Statements of the journal whose end is not known, checked with the file's own text. */
  readonly unknown: readonly StatementAhead[];
  /** The reason for which the list may end too early; absent if the migration's code reached its end. */
  readonly cut?: string | undefined;
}
