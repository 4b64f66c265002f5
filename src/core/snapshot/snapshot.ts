/** The version of the format. It grows when an earlier Fanfold would misread the file. */
export const SNAPSHOT_FORMAT = 1;

/** Names the open row of the journal that a database has while a snapshot is applied, so that nobody migrates it. */
export const SNAPSHOT_MIGRATION = 'fanfold:snapshot';

/** Everything on which the result of migrations depends beside their code: the server, and its settings. */
export interface SnapshotGround {
  readonly product: string;
  readonly isMariaDb: boolean;
  /** Digits and dots: `10.11.14`. */
  readonly version: string;
  /** The character set and collation of the empty database. */
  readonly charset: string;
  readonly collation: string;
  /** Settings of the server by name, those that it does not have left out. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The facts about a snapshot, and its proof. */
export interface SnapshotHeader {
  readonly fanfold: 'snapshot';
  readonly format: typeof SNAPSHOT_FORMAT;
  /** The version of Fanfold that made it. */
  readonly tool: string;
  readonly madeAt: string;
  /** The bundle's hash. */
  readonly bundle: string;
  readonly ground: SnapshotGround;
  /** Whether something in it is a point in time that depends on the session's time zone. */
  readonly isZoned: boolean;
  /** SHA-256 of the definitions and of the rows, which a replay and a database made from the snapshot share. */
  readonly definitionsHash: string;
  readonly rowsHash: string;
  readonly tables: number;
  readonly rows: number;
  readonly statements: number;
  /** Bytes of the longest statement. */
  readonly longest: number;
  /** Bytes and SHA-256 of what follows the header. */
  readonly bytes: number;
  readonly hash: string;
  /** The settings and objects that migrations left in their sessions, as the journal keeps them, by their ids. */
  readonly left: Readonly<Record<string, unknown>>;
}

/** A statement of a snapshot. */
export interface SnapshotStatement {
  readonly sql: string;
  /**
   * Whether nothing may follow it in its packet. MySQL stores a program with the semicolon after it.
   */
  readonly isAlone: boolean;
}

/** A snapshot that was read and is whole. */
export interface Snapshot {
  readonly header: SnapshotHeader;
  /** The statements that fill an empty database, in order. */
  statements(): AsyncIterable<SnapshotStatement>;
}

/** The snapshot that a new database may be made from, or why there is none. */
export type SnapshotOffer = { readonly snapshot: Snapshot } | { readonly problem: string };
