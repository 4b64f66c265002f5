/** SQL with its values, which is sent together with others in one packet. */
export interface SqlText {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** Whether it writes rows of the journal. */
  readonly isOwnRow?: boolean | undefined;
}

export const START: SqlText = { sql: 'START TRANSACTION', values: [] };
export const COMMIT: SqlText = { sql: 'COMMIT', values: [] };
