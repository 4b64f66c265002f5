/** The remains of an earlier attempt: nothing to resume from, a checkpoint, a program at work, or somebody's rows. */
export type LeftWork = 'nothing' | 'checkpoint' | 'at work' | 'old rows';

/** The tables of one change by one program, beside the table itself. */
export interface OnlineWork {
  /** The table that has the rows from before the change, if that was carried out. */
  readonly old: string;
  /**
   * Determines what an earlier attempt has left.
   *
   * @param seconds the time to wait for a program whose process has just been killed
   */
  left(seconds?: number): Promise<LeftWork>;
  /** Whether the copy is there, so that the program has not swapped it for the table. */
  hasCopy(): Promise<boolean>;
  /** Makes the database ready for the program to begin, or to resume. */
  prepare(resumes: boolean): Promise<void>;
  /** Drops all tables but one with old rows, which a program that works drops itself. Returns their names. */
  drop(): Promise<string[]>;
}
