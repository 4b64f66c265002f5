/** How far a program has come with the change of a table, in one tenant. */
export interface OnlineProgress {
  readonly program: string;
  readonly table: string;
  /** Rows that were copied, those of earlier attempts included. */
  readonly rowsDone: number;
  /** Rows of the table, as the program estimates them. */
  readonly rowsExpected?: number | undefined;
  /** Rows a second since this attempt began; undefined in its first second. */
  readonly rowsPerSecond?: number | undefined;
  /** Why it does not copy at the moment, in the program's own words. */
  readonly waits?: string | undefined;
}
