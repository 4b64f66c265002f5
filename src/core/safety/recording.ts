import type { Backfill } from '../backfill/backfill.ts';
import type { OwnFailure } from '../failure.ts';
import type { ConnectionLogin, TenantDatabases } from '../ports.ts';
import type { Shape } from '../shapes/shape.ts';
import type { ShapeReading } from '../shapes/shape-source.ts';
import type { MigrationSafety } from './guard/guard-settings.ts';
import type { TableDefinition } from './table-definition.ts';
import type { Verdict } from './verdict.ts';

/** The effect of a statement on one table. If it was renamed, both definitions are there, with their names. */
export interface TableChange {
  /** Absent if the statement created the table. */
  readonly before?: TableDefinition | undefined;
  /** Absent if the statement dropped the table. */
  readonly after?: TableDefinition | undefined;
}

/** The parts of a statement's text that rules look at, as the server's lexer reads them. */
export interface StatementWords {
  /** Words without quotes, in upper case, and symbols; names in quotes keep their text and quotes. */
  readonly tokens: readonly string[];
}

/** A statement of a migration as it was sent to a scratch database. */
export interface SentStatement extends StatementWords {
  /** Position in its migration, from 1. */
  readonly number: number;
  /** On one line. Definitions are whole except for passwords; literals of other statements are cut. */
  readonly text: string;
  readonly kind:
    | 'session'
    | 'locking'
    | 'unlocking'
    | 'read'
    | 'write'
    | 'ddl'
    | 'opaque'
    | 'refused';
  /** How many statements the text had that the migration sent, with this one. */
  readonly together: number;
  /** For statements that change definitions. */
  readonly verdict?: Verdict | undefined;
  /** Whether InnoDB wrote its table anew; absent if that is not known, as the login may not see it. */
  readonly rebuilds?: boolean | undefined;
  /** The tables whose definitions it changed. */
  readonly changes: readonly TableChange[];
  /** Renames that the statement makes in order, of columns within a table or of tables. */
  readonly renames: readonly {
    readonly what: 'column' | 'table';
    readonly from: string;
    readonly to: string;
  }[];
  /** Databases besides the scratch database whose objects it names. */
  readonly otherDatabases: readonly string[];
  /** Whether foreign keys were checked when it was sent. */
  readonly checksForeignKeys: boolean;
  /** Whether CHECK constraints were checked when it was sent, as MariaDB allows to turn off. Default: they were. */
  readonly checksConstraints?: boolean | undefined;
  /** The `sql_mode` that the migrations set before; `null` if they computed one, absent if they set none. */
  readonly sqlMode?: string | null | undefined;
  /** Whether the server refused it. A migration may catch that. */
  readonly isRefused: boolean;
}

/** The statements of one migration. */
export interface RecordedMigration {
  readonly id: string;
  /** Its own limits for statements. */
  readonly safety?: MigrationSafety | undefined;
  /** The table whose rows it fills as a backfill, by statements that depend on the rows. */
  readonly fills?: string | undefined;
  /** The backfill that it is. */
  readonly backfill?: Backfill | undefined;
  /** Ids of the backfills that have to be complete before it. */
  readonly requires?: readonly string[] | undefined;
  readonly statements: readonly SentStatement[];
}

/** A bundle's migrations as they ran on a scratch database. */
export interface Recording {
  readonly server: ScratchServerFacts;
  /** In order; those after one that failed are absent. */
  readonly migrations: readonly RecordedMigration[];
  /** Why the last of them failed. */
  readonly failure?: OwnFailure | undefined;
}

/** The flavour and version of a scratch server. */
export interface ScratchServerFacts {
  /** The product's name: `MySQL`, `MariaDB`, `Percona Server`. */
  readonly product: string;
  readonly isMariaDb: boolean;
  /** Digits and dots: `10.11.14`. */
  readonly version: string;
  /** Major, minor and patch as one number, as `versionNumber` makes it. */
  readonly number: number;
  /** The server's `lower_case_table_names`: 0 if it distinguishes upper and lower case. */
  readonly lowerCaseTableNames: 0 | 1 | 2;
}

/** An empty database on a scratch server. */
export interface ScratchDatabase {
  readonly login: ConnectionLogin;
  /** Records what its migrations send. */
  readonly databases: TenantDatabases;
  /** The statements so far, by migration in the order in which they began. */
  recorded(): readonly RecordedMigration[];
  /**
   * Fills the database, which has to be empty, with the definitions of a shape.
   *
   * @returns a sentence about each thing that is not as the tenants have it, such as a definer that was replaced
   * @throws FanfoldError `ShapeNotRestored` if the server refuses a definition
   */
  restore(shape: Shape): Promise<readonly string[]>;
  /** Reads what the database is now. The login counts as the tenant's user. */
  readShape(): Promise<ShapeReading>;
}

/** A database server on which nothing is lost: no tenant, and nobody's data. */
export interface ScratchServer {
  readonly facts: ScratchServerFacts;
  /**
   * Hands an empty database to `work` and empties or drops it afterwards, whatever happens.
   *
   * @throws FanfoldError `ScratchNotEmpty`
   */
  usingDatabase<Result>(work: (database: ScratchDatabase) => Promise<Result>): Promise<Result>;
}
