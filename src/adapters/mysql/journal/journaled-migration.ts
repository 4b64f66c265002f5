/** Whether a migration runs its `up` or its `down`. */
export type Direction = 'up' | 'down';

/** A migration whose statements are journaled. */
export interface JournaledMigration {
  readonly id: string;
  /** The checksum of its current file. */
  readonly checksum: string;
  readonly runId: string;
  readonly direction: Direction;
  /** Whether the journal has statements of an earlier attempt. */
  readonly isOpen: boolean;
}
