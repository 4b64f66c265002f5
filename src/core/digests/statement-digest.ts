import type { ConnectionLogin } from '../ports.ts';

/** The counters of one kind of statement in one database, since the server started or was reset. */
export interface StatementDigest {
  /** Hash of the text, the same in every database of a server. */
  readonly digest: string;
  /** The statement with `?` for each literal. */
  readonly text: string;
  readonly count: number;
  /** Milliseconds of all of them together. */
  readonly timeMs: number;
  /** Rows of all of them together. */
  readonly rowsExamined: number;
  readonly errors: number;
}

/** The counters of the statements in one database. */
export interface DigestSnapshot {
  readonly statements: ReadonlyMap<string, StatementDigest>;
  /** Whether there were more than were read: one that is missing may have been counted. */
  readonly isCut: boolean;
}

/**
 * Reads the counters of one database. Throws `DigestsUnavailable`, which says what is missing, if the server
 * does not count statements or the login may not read them, and errors of connecting.
 */
export type ReadDigests = (login: ConnectionLogin) => Promise<DigestSnapshot>;
