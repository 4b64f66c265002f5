/** Whether a migration's `up` or its `down` is under way. */
export type Direction = 'up' | 'down';

/** A migration whose statements are journaled. */
export interface JournaledMigration {
  readonly id: string;
  /** Of its file, as it is now. */
  readonly checksum: string;
  readonly runId: string;
  readonly direction: Direction;
  /** Whether an earlier attempt has left statements of it. */
  readonly isOpen: boolean;
}
