import type { Attempt } from '../migrate/attempt.ts';
import type { ConnectionLogin, TenantDatabases } from '../ports.ts';
import type { ScratchServerFacts } from '../safety/recording.ts';
import type { CellText, ContentColumn } from '../safety/rehearsal/database-contents.ts';
import type { CreatedKind } from '../shapes/shape.ts';
import type { SnapshotGround, SnapshotStatement } from './snapshot.ts';

/** Stands for the time at which a row is written. */
export const NOW = Symbol('now');

/** A value of a row; `undefined` is NULL. */
export type SnapshotCell = CellText | typeof NOW;

/** An object of a database with everything that the server shows of it, except for points in time. */
export interface SnapshotObject {
  readonly kind: CreatedKind;
  readonly name: string;
  /** Without the database's name, and without the login as definer. */
  readonly sql: string;
  /** The session in which it was created, as far as the server keeps it: `sql_mode`, character sets, time zone. */
  readonly session: Readonly<Record<string, string>>;
  /** The state of a sequence. */
  readonly state?: string | undefined;
}

/** A table whose rows are read. */
export interface SnapshotTable {
  readonly name: string;
  /** Those that the server does not compute. */
  readonly columns: readonly ContentColumn[];
  /** The columns in whose order rows are read; none if the table has no primary key. */
  readonly key: readonly string[];
}

/** The definitions of a database. */
export interface SnapshotContents {
  readonly charset: string;
  readonly collation: string;
  /** In the order in which they can be created. */
  readonly objects: readonly SnapshotObject[];
  readonly tables: readonly SnapshotTable[];
  /** Tables that keep every row that was changed or deleted, with the times, which no statement can write. */
  readonly withHistory: readonly string[];
  /** The settings and objects that migrations left in their sessions, as the journal keeps them, by their ids. */
  readonly left: Readonly<Record<string, unknown>>;
}

/** A statement of a migration that does something outside of its database. */
export interface OutsideStatement {
  readonly migration: string;
  /** Its first words. */
  readonly text: string;
  readonly why: string;
}

/** A scratch database in which migrations are run for a snapshot. */
export interface SnapshotDatabase {
  readonly login: ConnectionLogin;
  /** The server and settings on which the empty database depended. */
  readonly ground: SnapshotGround;
  /** Runs `work` with a clock of its own: milliseconds since 1970, a whole second. */
  attempting(
    clock: number,
    work: (databases: TenantDatabases) => Promise<Attempt>,
  ): Promise<Attempt>;
  /** Statements so far that did something outside of the database. */
  outside(): readonly OutsideStatement[];
  read(): Promise<SnapshotContents>;
  /** The rows of a table, one by one. */
  rows(table: SnapshotTable): AsyncIterable<readonly CellText[]>;
}

/** Three empty scratch databases, the second of which has another user where the server allows that. */
export interface SnapshotDatabases {
  readonly first: SnapshotDatabase;
  readonly second: SnapshotDatabase;
  readonly proof: SnapshotDatabase;
}

/** A scratch server on which snapshots are made. */
export interface SnapshotServer {
  readonly facts: ScratchServerFacts;
  /**
   * Hands empty databases to `work` and drops them afterwards, whatever happens.
   *
   * @param collation that of new tenants' databases; the server's own for utf8mb4 without one
   * @throws FanfoldError `ScratchNotEmpty`, and `RequestInvalid` if the login may use one database only
   */
  usingDatabases<Result>(
    work: (databases: SnapshotDatabases) => Promise<Result>,
    collation?: string,
  ): Promise<Result>;
}

/** Writes the SQL of a snapshot. */
export interface SnapshotSql {
  /** Everything that has to exist before the rows. */
  before(contents: SnapshotContents): readonly SnapshotStatement[];
  /** Everything that needs the tables, and triggers, which would fire for each row. */
  after(contents: SnapshotContents): readonly SnapshotStatement[];
  insert(table: SnapshotTable, rows: readonly (readonly SnapshotCell[])[]): SnapshotStatement;
}
