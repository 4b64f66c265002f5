import type { Snapshot, SnapshotHeader, SnapshotStatement } from './snapshot.ts';

/** The part of a header that does not follow from the statements. */
export type SnapshotFacts = Omit<SnapshotHeader, 'statements' | 'longest' | 'bytes' | 'hash'>;

/** Takes the statements of a snapshot as they are read, without holding them. */
export interface SnapshotSink {
  /** Throws {@link SnapshotTooLarge}. */
  write(statement: SnapshotStatement): Promise<void>;
  /** Writes the header, and returns the snapshot as it will be read. */
  finish(facts: SnapshotFacts): Promise<Snapshot>;
  /** Puts the snapshot in its place, instead of an earlier one. */
  keep(): Promise<void>;
  /** Removes what was not kept. */
  discard(): Promise<void>;
}

/** More than a snapshot may have. */
export class SnapshotTooLarge extends Error {
  /** In bytes. */
  readonly limit: number;

  constructor(limit: number) {
    super(`The snapshot would have more than ${limit} bytes.`);
    this.limit = limit;
  }
}
