/**
 * The public API of Fanfold, for services that migrate tenants themselves.
 *
 * One tenant, such as one that is being provisioned: {@link runTenantMigrations}.
 *
 * A new tenant, from its row to ACTIVE: {@link provisionTenant}.
 *
 * A request to a tenant whose database may be older than the build: {@link assertTenantReady}.
 *
 * A fleet: {@link runFanOut} over a `TenantDirectory` of your own, with {@link createMigrateTenant},
 * {@link loadMigrationsFolder}, {@link createLocalRunStore}, {@link systemClock} and
 * {@link renderHtmlReport} as its parts. The command line is made of the same ones.
 *
 * @module fanfold
 */
export type { FileNameOptions } from '../adapters/local/migration-file-names.ts';
export { loadMigrationsFolder } from '../adapters/local/migrations-folder.ts';
export { createLocalRunStore } from '../adapters/local/run-store.ts';
export { systemClock } from '../adapters/local/system-clock.ts';
export type { ConnectionOptions } from '../adapters/mysql/connection/connection.ts';
export type {
  DriverSetting,
  DriverSettings,
} from '../adapters/mysql/connection/driver-settings.ts';
export type { TlsChooser, TlsOptions } from '../adapters/mysql/connection/tls.ts';
export { createTlsChooser } from '../adapters/mysql/connection/tls.ts';
export { checkKnexSettings } from '../adapters/mysql/migration/knex/check-knex-settings.ts';
export type { KnexClasses } from '../adapters/mysql/migration/knex/knex-classes.ts';
export type { KnexPackage } from '../adapters/mysql/migration/knex/knex-package.ts';
export type {
  AfterCreate,
  KnexSettings,
} from '../adapters/mysql/migration/knex/knex-settings.ts';
export type { LoadSeed, SeedSource } from '../adapters/mysql/migration/knex/seed-loading.ts';
export type { OnlineMeans } from '../adapters/mysql/online/change-online.ts';
export type { TenantDatabasesOptions } from '../adapters/mysql/tenant-databases.ts';
export { createTenantDatabases } from '../adapters/mysql/tenant-databases.ts';
export { renderHtmlReport } from '../adapters/report/html-report.ts';
export { iamToken } from '../compose/iam-token.ts';
export type { ProjectOptions } from '../compose/project/project-of-service.ts';
export type { Backfill, BackfillRows } from '../core/backfill/backfill.ts';
export type { BackfillProgress, StoredBackfill } from '../core/backfill/backfill-progress.ts';
export type { LoadSign } from '../core/backfill/host-strain.ts';
export type { Phase } from '../core/backfill/phase.ts';
export type { ControlStore, RunControl } from '../core/backfill/run-control.ts';
export type { Bundle, Migration, MigrationModule } from '../core/bundle/bundle.ts';
export type { TlsMode } from '../core/central/central-parameter-names.ts';
export type {
  ActiveWords,
  TenantColumn,
  TenantsMapping,
  TenantsQuery,
  TenantsTable,
} from '../core/central/tenants-mapping.ts';
export type {
  CentralConfig,
  ConfigSection,
  FanfoldConfig,
  KnexfileReference,
  MigrationsConfig,
  ProvisioningConfig,
  RequestDefaults,
  SafetyConfig,
  ShapesConfig,
} from '../core/config/fanfold-config.ts';
export type { ReadTenantDigests } from '../core/digests/look-at-digests.ts';
export type { DigestSnapshot, StatementDigest } from '../core/digests/statement-digest.ts';
export type { EncryptionKey } from '../core/encryption/encryption-key.ts';
export {
  cachedKeyRing,
  fixedKeyRing,
  type KeyRing,
  type KeyRingSource,
} from '../core/encryption/key-ring.ts';
export type { EncryptedLogin } from '../core/encryption/open-password.ts';
export { parseKeyRing } from '../core/encryption/parse-key-ring.ts';
export { createPasswordOpener } from '../core/encryption/password-opener.ts';
export {
  createPasswordSealer,
  type PasswordFormat,
  type PasswordSealer,
} from '../core/encryption/password-sealer.ts';
export type { ErrorCode } from '../core/error-codes.ts';
export type { Fault } from '../core/error-kind.ts';
export type { FanfoldErrorOptions, FanfoldErrorOptionsOf } from '../core/errors.ts';
export { FanfoldError, isFanfoldError } from '../core/errors.ts';
export type { Reporter, RunEvent, RunStop, StopReason } from '../core/events.ts';
export type { Failure, OwnFailure, StatementRef } from '../core/failure.ts';
export type { HalfAppliedLabel, Standing, StatementStanding } from '../core/half-applied.ts';
export type { IamAddress, MakeIamToken } from '../core/iam/make-iam-token.ts';
export type { AskWatch } from '../core/in-process/active-run.ts';
export {
  type FanOut,
  type FanOutDependencies,
  type RunResult,
  runFanOut,
} from '../core/in-process/run-fan-out.ts';
export type { Attempt, AttemptContext, AttemptTenant } from '../core/migrate/attempt.ts';
export type { ExpectedState } from '../core/migrate/expected-state.ts';
export type { RetryPolicy } from '../core/migrate/full-jitter.ts';
export type { MigrateTenantDependencies } from '../core/migrate/migrate-tenant.ts';
export { createMigrateTenant } from '../core/migrate/migrate-tenant.ts';
export { TenantMigrationError } from '../core/migrate/tenant-migration-error.ts';
export type { NoteCode } from '../core/note-codes.ts';
export type { NotificationChannel } from '../core/notify/create-teller.ts';
export type {
  AppliedMigration,
  FailedOutcome,
  LeftOut,
  MigratedOutcome,
  Note,
  Outcome,
  OutcomeOf,
  OutcomeRest,
  OutcomeStatus,
  OwnNote,
  PlannedOutcome,
  RevertedOutcome,
  SkippedOutcome,
  UnchangedOutcome,
  UnknownOutcome,
} from '../core/outcome.ts';
export type { PaceStanding } from '../core/pace/pace.ts';
export type { PaceReason } from '../core/pace/pace-reason.ts';
export type { ReadServerLoad, ServerLoad } from '../core/pace/server-load.ts';
export type {
  BackfillControls,
  Clock,
  ConnectionLogin,
  FencedDatabase,
  FenceOptions,
  LocksAhead,
  MigrationRecord,
  MigrationStep,
  PasswordOpener,
  ReachedSchema,
  RunSteps,
  SnapshotApplication,
  SnapshotEnd,
  TenantDatabase,
  TenantDatabases,
  TenantDirectory,
  TenantFilter,
  UserLogin,
} from '../core/ports.ts';
export type { AdminLogin, AdminLogins } from '../core/provision/database-server.ts';
export type { ProvisionStep } from '../core/provision/provision-step.ts';
export type { ProvisionOutcome, StepTime } from '../core/provision/provision-tenant.ts';
export type { FailedProvisioning } from '../core/provision/provisioning-error.ts';
export { ProvisioningError } from '../core/provision/provisioning-error.ts';
export type { KindCounts, OutcomeKind } from '../core/reduce/details/outcome-kind.ts';
export type {
  DurationBucket,
  FailedOfCause,
  FailedTenant,
  HostCount,
  HostTally,
  MigrationCount,
  NamedCount,
  RunDetails,
  SlowTenant,
  Timeline,
  WaveCount,
} from '../core/reduce/details/run-details.ts';
export type { FailureGroup, PlanGroup, PlanSummary, Summary } from '../core/reduce/summary.ts';
export type { ReplicasConfig } from '../core/replicas/find-replicas.ts';
export type {
  ReadReplicas,
  ReplicaLag,
  ReplicaStanding,
  ReplicaWatch,
} from '../core/replicas/replica-standing.ts';
export type { RunRequest, WatchRequest, WaveRequest } from '../core/request.ts';
export type { ByHand, Resolution, ResolutionKind } from '../core/resolve/resolution.ts';
export type { StatementAhead, StatementsAhead } from '../core/resolve/statements-ahead.ts';
export type {
  ApprovalDecision,
  ApprovalStore,
  GateName,
  HeldWave,
  Rollout,
  RolloutStore,
  WatchVerdict,
} from '../core/rollout/rollout.ts';
export type { FinishedRun, RenderReport } from '../core/run/finished-run.ts';
export type {
  OutcomeSink,
  RoundRef,
  RunExecution,
  RunRecord,
  RunState,
  RunStore,
  Wave,
  WaveMember,
} from '../core/run-store.ts';
export type {
  GuardLock,
  GuardSettings,
  MigrationSafety,
  OnlineChangeWay,
} from '../core/safety/guard/guard-settings.ts';
export type { Severity } from '../core/safety/lint/rule.ts';
export type { FindOnlineLogin } from '../core/safety/online/online-changes.ts';
export type {
  OnlineProgram,
  OnlineReplicas,
  OnlineTask,
  ProgramEnd,
  ProgramName,
  ProgramProgress,
} from '../core/safety/online/online-program.ts';
export type { OnlineProgress } from '../core/safety/online/online-progress.ts';
export type { MigrationRow, OpenMigration, SchemaState } from '../core/schema-state.ts';
export type { TenantAddress, TenantLogin, TenantRow } from '../core/service/tenant-to-migrate.ts';
export type { HostReader, HostReaders } from '../core/shapes/host-readers.ts';
export type {
  Snapshot,
  SnapshotGround,
  SnapshotHeader,
  SnapshotOffer,
  SnapshotStatement,
} from '../core/snapshot/snapshot.ts';
export type {
  DatabaseAddress,
  EncryptedUser,
  ServerAddress,
  Tenant,
  TenantRef,
  TenantStatus,
} from '../core/tenant.ts';
export type { RunNotification } from '../core/wire/notification-schema.ts';
export { parseRunRequest } from '../core/wire/parse-run-request.ts';
export {
  assertTenantReady,
  type ServedTenant,
  type TenantReadyOptions,
} from './assert-tenant-ready.ts';
export { defineConfig, type ProjectConfig } from './define-config.ts';
export {
  type ProvisionedTenant,
  type ProvisionTenantOptions,
  provisionTenant,
} from './provision-tenant.ts';
export {
  runTenantMigrations,
  type TenantMigrations,
  type TenantMigrationsOptions,
} from './run-tenant-migrations.ts';
