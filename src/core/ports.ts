import type { BackfillProgress, StoredBackfill } from './backfill/backfill-progress.ts';
import type { Migration } from './bundle/bundle.ts';
import type { EncryptedLogin } from './encryption/open-password.ts';
import type { HalfAppliedLabel, StatementStanding } from './half-applied.ts';
import type { ExpectedState } from './migrate/expected-state.ts';
import type { Note } from './outcome.ts';
import type { Resolution } from './resolve/resolution.ts';
import type { StatementsAhead } from './resolve/statements-ahead.ts';
import type { GuardSettings } from './safety/guard/guard-settings.ts';
import type { OnlineProgress } from './safety/online/online-progress.ts';
import type { SchemaState } from './schema-state.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import type { DatabaseAddress, Tenant, TenantStatus } from './tenant.ts';

/** Which tenants a listing takes. */
export interface TenantFilter {
  /** Default: `ACTIVE` only, for runs. */
  readonly status?: TenantStatus | undefined;
  /** `host` or `host:port`. */
  readonly hosts?: readonly string[] | undefined;
}

/** Reads tenants from the central database. Every method throws `FanfoldError`s with fault `configuration`. */
export interface TenantDirectory {
  count(filter: TenantFilter): Promise<number>;
  /** Ids by keyset pages, round-robin over hosts, so that neighbors do not share a server. */
  listIds(filter: TenantFilter): AsyncIterable<string>;
  /** At most `limit` ids after that one, in the order of ids: a listing that another process can continue. */
  idsAfter(filter: TenantFilter, after: string, limit: number): Promise<string[]>;
  /** Rows as they are now, whatever their status, in no particular order; unknown ids are absent. At most 1,000 ids. */
  findByIds(ids: readonly string[]): Promise<Tenant[]>;
  /** Rows whose slug or id is one of the names. At most 1,000 names. */
  findByNames(names: readonly string[]): Promise<Tenant[]>;
  /** Writes back what a run has reached. Idempotent. At most 1,000 ids. */
  recordReached(ids: readonly string[], reached: ReachedSchema): Promise<void>;
  /**
   * Clears the recorded version of tenants whose schema may be between two versions, so that nobody trusts it.
   * Nothing if none is recorded. Idempotent. At most 1,000 ids.
   */
  forgetReached(ids: readonly string[]): Promise<void>;
}

export interface ReachedSchema {
  /** Hash of the bundle; `null` if the schema is not that of a bundle, as after a rollback. */
  readonly schemaVersion: string | null;
  readonly runId: string;
  readonly at: Date;
}

/** Opens encrypted passwords. Throws `FanfoldError`; the plaintext must not be kept longer than connecting takes. */
export interface PasswordOpener {
  /** Takes the row, because a password of version 2 opens only for its own row. */
  open(login: EncryptedLogin): Promise<string>;
}

/** A user of a database server, and how it logs in. */
export interface UserLogin {
  readonly user: string;
  /** '' if the user logs in by IAM. */
  readonly password: string;
  /** `iam`: each connection gets a new token instead of the password, and has to be encrypted. */
  readonly auth?: 'iam' | undefined;
}

/** The address of a database, and how its user logs in. */
export interface ConnectionLogin extends DatabaseAddress, UserLogin {}

/** Connects to tenant databases. */
export interface TenantDatabases {
  /** Connects, hands the database to `work` and closes the connection whatever happens. */
  using<Result>(
    login: ConnectionLogin,
    work: (database: TenantDatabase) => Promise<Result>,
  ): Promise<Result>;
}

/** One tenant's database over one connection. */
export interface TenantDatabase {
  /**
   * One query; nothing is written and nothing locked. If the database is in the expected state, the same query takes
   * the fence and Knex's lock row, for {@link usingFence} or until the connection ends.
   */
  readState(ahead?: LocksAhead): Promise<SchemaState>;
  /** How far backfills have come that are pending, with the tables that they walk; nothing is written or locked. */
  readBackfills(
    pending: readonly { readonly id: string; readonly table: string }[],
  ): Promise<StoredBackfill[]>;
  /** Takes one of `maxPerHost` numbered slots on the tenant's server, or throws `TenantHostBusy` after a moment. */
  takeHostSlot(maxPerHost: number): Promise<void>;
  /**
   * Runs `work` while this connection holds the fence and Knex's lock row; both are released
   * whatever happens. Throws `TenantBusy` (retryable) if somebody else holds one of them.
   */
  usingFence<Result>(
    options: FenceOptions,
    work: (fenced: FencedDatabase) => Promise<Result>,
  ): Promise<Result>;
}

export interface FenceOptions {
  /** The time to wait for the fence. */
  readonly waitSeconds: number;
  /** Seconds that a statement waits for a metadata or row lock. */
  readonly lockWaitTimeoutSeconds: number;
  /** Seconds after which a statement is killed. Default: it may run without end. */
  readonly statementTimeoutSeconds?: number | undefined;
  /** Limits for statements that change existing tables; a migration may have its own. Default: none. */
  readonly safety?: GuardSettings | undefined;
}

/** A first question that also takes the locks, because something is expected to be pending. */
export interface LocksAhead {
  /** Checked before the fence is taken. */
  readonly expected: ExpectedState;
  /** The options of {@link TenantDatabase.usingFence}. */
  readonly fence: FenceOptions;
}

/** A tenant's database while its fence is held. */
export interface FencedDatabase {
  /** Read again under the fence. */
  readonly state: SchemaState;
  /** Notes so far: about faults that taking the fence found and fixed, such as a stale lock, and about statements that gave way. */
  readonly notes: readonly Note[];
  /**
   * Runs migrations one after the other and records each, or resumes one that is half-applied. Throws what a
   * migration threw, as a `MigrationStepError`; those before it stay recorded. If `pause` returns true, it
   * stops before a statement with which the next attempt can begin.
   */
  run(steps: readonly MigrationStep[], options: RunSteps): Promise<'done' | 'paused'>;
  /**
   * Fills the empty database from a snapshot instead of running its migrations, if the snapshot fits the server.
   * Throws `SnapshotRefused` if the server refuses a part of it.
   */
  applySnapshot(snapshot: Snapshot, application: SnapshotApplication): Promise<SnapshotEnd>;
  /** Records checksums of applied migrations that have none yet, without a run. */
  baseline(checksums: MigrationRecord['baseline']): Promise<void>;
  /** The standings of the statements of a half-applied migration, checked against the database. */
  statements(id: string): Promise<StatementStanding[]>;
  /** Why the last attempt to resume it stopped, if one did. */
  label(id: string): Promise<HalfAppliedLabel | undefined>;
  /**
   * The statements that a half-applied migration would still send, or that its `down` would, checked against the
   * database: its code is run, and nothing but reads is sent.
   */
  ahead(
    migration: Migration,
    direction: 'up' | 'down',
    withValues: boolean,
  ): Promise<StatementsAhead>;
  /** Carries out a decision about a half-applied migration, and writes down who made it. */
  resolve(resolution: Resolution): Promise<void>;
}

/** The migrations of a snapshot as they are recorded. */
export interface SnapshotApplication {
  readonly runId: string;
  /** The bundle's hash. */
  readonly bundle: string;
  readonly steps: readonly ({ readonly migration: Migration } & MigrationRecord)[];
}

/** Whether a snapshot was applied, or why nothing was done. */
export type SnapshotEnd = 'applied' | { readonly notUsed: string };

export interface RunSteps {
  readonly runId: string;
  /**
   * Called for each migration when its record is durable, with the time that its statements took, and for a backfill
   * with the rows that it has changed.
   */
  readonly onRecorded: (step: MigrationStep, durationMs: number, rowsChanged?: number) => void;
  readonly pause?: (() => boolean) | undefined;
  /** How backfills run. */
  readonly backfills?: BackfillControls | undefined;
}

/** Control of backfills, and of tables that are changed online, while they run. Asked at each batch. */
export interface BackfillControls {
  /** Whether a backfill is to end at the next batch, where the next attempt begins. Default: never. */
  readonly pause?: (() => boolean) | undefined;
  /**
   * Whether the run is being stopped: a table that is changed online ends there, and the next attempt resumes it.
   * Unlike `pause` it is not asked of runs whose backfills only rest.
   */
  readonly isStopping?: (() => boolean) | undefined;
  /** The share of the time in which batches may run, above 0 and at most 1. Default: half of it. */
  readonly pace?: (() => number) | undefined;
  /** Called after each batch, and whenever a program says how far it has come. */
  readonly onProgress?: ((progress: BackfillProgress | OnlineProgress) => void) | undefined;
}

/** One migration that is applied or rolled back, and its names in the records. */
export type MigrationStep =
  | ({ readonly direction: 'up'; readonly migration: Migration } & MigrationRecord)
  | {
      readonly direction: 'down';
      readonly migration: Migration;
      /** Names of its rows in `knex_migrations`. */
      readonly names: readonly string[];
    };

/** The record of an applied migration. */
export interface MigrationRecord {
  /** Name for `knex_migrations`, with extension. */
  readonly name: string;
  readonly batch: number;
  /** Checksums of earlier migrations that have none yet, recorded along with this one, without its run. */
  readonly baseline: readonly Pick<Migration, 'id' | 'checksum'>[];
}

/** The time, so that tests can have their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after the time, or as soon as the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Errors that migrations throw outside of the promise that they return: in a timer, or in a promise that they
 * forgot to await. A process receives such an error in the context that threw it, and looks up the
 * responsible migration here, in that context.
 */
export interface StrayErrors {
  /** Fails the migration that caused the error, if it still runs; `undefined` if there is none. */
  blame(error: unknown): StrayBlame | undefined;
  /** Whether a migration's code is running. */
  isInMigration(): boolean;
}

/** The migration that caused a stray error. */
export interface StrayBlame {
  readonly migration: string;
  readonly database: string;
  /** Whether its tenant has failed; otherwise the migration had been recorded before the error came. */
  readonly failed: boolean;
}
