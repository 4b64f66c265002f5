import type { ConnectionLogin, TenantDatabases } from '../../ports.ts';
import type { Shape } from '../../shapes/shape.ts';
import type { RecordedMigration, ScratchServerFacts } from '../recording.ts';
import type { TableDefinition } from '../table-definition.ts';
import type { CellText, ContentColumn, DatabaseContents } from './database-contents.ts';
import type { Stop } from './stop.ts';

/** How one attempt in a rehearsal is watched. */
export interface AttemptTerms {
  /** The time that the migration's code and the server's `NOW()` begin with: milliseconds since 1970. */
  readonly clock: number;
  /** The stop at which the attempt is killed. Not together with `records`. */
  readonly stop?: Stop | undefined;
  /** Whether its statements are recorded with the server's verdicts, which sends each by itself. */
  readonly records?: boolean | undefined;
}

/** An attempt that is about to be made in a scratch database. */
export interface RehearsedAttempt {
  readonly databases: TenantDatabases;
  /** Runs the attempt's code with its clock. */
  within<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when the stop was reached, after which the attempt never answers. */
  readonly killed: Promise<void>;
  /** Lets the code of a killed attempt find out, once its database has been read. */
  release(): void;
  /** The statements, if they are recorded. */
  recorded(): readonly RecordedMigration[];
}

/** A scratch database that is made again and again. */
export interface RehearsalDatabase {
  readonly login: ConnectionLogin;
  /** Runs `work` with an attempt, and closes what it has opened. */
  attempting<Result>(
    terms: AttemptTerms,
    work: (attempt: RehearsedAttempt) => Promise<Result>,
  ): Promise<Result>;
  read(): Promise<DatabaseContents>;
  /** Makes the database hold exactly these contents. */
  restore(wanted: DatabaseContents): Promise<void>;
  /** Sets the character set and collation that new tables take over. */
  setDefaults(shape: Pick<Shape, 'charset' | 'collation'>): Promise<void>;
  /**
   * Fills the empty database with a shape's definitions.
   *
   * @returns a sentence about each thing that is not as the tenants have it
   */
  restoreShape(shape: Shape): Promise<string[]>;
  readShape(): Promise<Shape>;
  /** Its tables, for making sample rows. */
  definitions(): Promise<readonly TableDefinition[]>;
  /** Inserts rows, or returns the number of the server's error. */
  insert(
    table: string,
    columns: readonly Pick<ContentColumn, 'name' | 'type'>[],
    rows: readonly (readonly CellText[])[],
  ): Promise<number | undefined>;
}

/** The scratch databases of one rehearsal. */
export interface RehearsalDatabases {
  readonly facts: ScratchServerFacts;
  readonly first: RehearsalDatabase;
  /** One with another name; absent if the login has rights in one database only. */
  readonly other: RehearsalDatabase | undefined;
}

/** A scratch server on which migrations are rehearsed. */
export interface RehearsalServer {
  readonly facts: ScratchServerFacts;
  /**
   * Hands empty databases to `work`, and empties or drops them afterwards, whatever happens.
   *
   * @throws FanfoldError `ScratchNotEmpty`
   */
  usingRehearsal<Result>(work: (databases: RehearsalDatabases) => Promise<Result>): Promise<Result>;
}
