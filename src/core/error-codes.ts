/**
 * The party that must act, which decides the exit code: `usage` 2, `configuration` 3 (also the central database and
 * the run store), `tenant` 1 (one tenant's database or its row), `migration` 1 (a migration's code),
 * `fanfold` 70 (a defect of ours).
 */
export type Fault = 'usage' | 'configuration' | 'tenant' | 'migration' | 'fanfold';

/**
 * Whether the same call may succeed if it is only repeated: `sometimes` depends on what the server or
 * the network said, which the error itself shows.
 */
export type Retryability = 'always' | 'never' | 'sometimes';

/**
 * The kind of remedy. The words of a next step are made where it is known how its reader calls us; the
 * kind is what a program can act on.
 * - `wait`: nothing has to be changed; the next attempt or a later one may succeed
 * - `password`: a password of the tenant has to be set or stored (`tenant:password`)
 * - `address`: the server is down or has moved (`tenant:move`)
 * - `doctor`: `migrate:doctor --fix` makes or grants what is missing, or frees what is stuck
 * - `resolve`: somebody decides about a half-applied migration (`migrate:resolve`)
 * - `row`: the tenant's row in the central database has to be corrected
 * - `key`: the encryption key or the key ring has to be corrected
 * - `tls`: TLS has to be set up on the server, or its certificate authority named
 * - `server`: an administrator of the database server has to act
 * - `data`: rows of the tenant do not fit the migration
 * - `migration`: the migration's code has to be corrected and deployed
 * - `deploy`: a build or stack has to be deployed
 * - `request`: the command, its options or the execution's input have to be changed
 * - `configuration`: the configuration, the environment or the project has to be changed
 * - `central`: the central database has to be made, migrated or corrected
 * - `store`: the run store has to be made accessible, or a file in it restored
 * - `machine`: files, disk or programs of the machine that runs the command
 * - `aws`: credentials, permissions, quotas or resources of the AWS account
 * - `log`: a log shows the cause
 * - `causes`: the error sums up others, which have remedies of their own
 * - `report`: a defect of ours, to be reported
 */
export type Remedy =
  | 'wait'
  | 'password'
  | 'address'
  | 'doctor'
  | 'resolve'
  | 'row'
  | 'key'
  | 'tls'
  | 'server'
  | 'data'
  | 'migration'
  | 'deploy'
  | 'request'
  | 'configuration'
  | 'central'
  | 'store'
  | 'machine'
  | 'aws'
  | 'log'
  | 'causes'
  | 'report';

/** The facts about an error code that hold wherever it is thrown. */
export interface ErrorKind {
  /**
   * `tenant` and `migration` are one to a command, and which of them an error has also depends on
   * whether a migration was running: the one here is the usual one.
   */
  readonly fault: Fault;
  /** The fault where a name that was typed is wrong, and not a setting. */
  readonly otherFault?: Fault;
  readonly retryable: Retryability;
  readonly remedy: Remedy;
}

/**
 * Every code of an error. The compiler holds each error that is thrown to its line here, and
 * docs/reference/errors.md is compared with it. Codes are never renamed, because programs match on them.
 */
export const ERROR_CODES = {
  // A tenant cannot be reached.
  HostNotFound: { fault: 'tenant', retryable: 'sometimes', remedy: 'address' },
  ConnectionRefused: { fault: 'tenant', retryable: 'always', remedy: 'address' },
  ConnectionTimedOut: { fault: 'tenant', retryable: 'always', remedy: 'address' },
  HostDown: { fault: 'tenant', retryable: 'always', remedy: 'address' },
  ConnectionLost: { fault: 'tenant', retryable: 'always', remedy: 'server' },
  ConnectionFailed: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  TooManyConnections: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  ServerNotReady: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  AddressIncomplete: { fault: 'tenant', retryable: 'never', remedy: 'row' },
  AccessDenied: { fault: 'tenant', retryable: 'never', remedy: 'password' },
  DatabaseAccessDenied: { fault: 'tenant', retryable: 'never', remedy: 'doctor' },
  AccountLocked: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  HostNotAllowed: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  DatabaseMissing: { fault: 'tenant', retryable: 'never', remedy: 'doctor' },
  LoginMethodUnsupported: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  TlsRequired: { fault: 'tenant', retryable: 'never', remedy: 'tls' },
  TlsUnsupported: { fault: 'tenant', retryable: 'never', remedy: 'tls' },
  TlsUntrusted: { fault: 'tenant', retryable: 'never', remedy: 'tls' },
  PasswordFormatInvalid: { fault: 'tenant', retryable: 'never', remedy: 'password' },
  PasswordWrongKey: { fault: 'tenant', retryable: 'never', remedy: 'key' },
  PasswordMoved: { fault: 'tenant', retryable: 'never', remedy: 'row' },
  EncryptionKeyUnknown: { fault: 'tenant', retryable: 'never', remedy: 'key' },
  AccountMissing: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  AccountAmbiguous: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  PasswordNotSettable: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  RotationUnsupported: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  PasswordNotTaken: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  TenantChanged: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  PasswordKeepsChanging: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  PasswordNotVerified: { fault: 'tenant', retryable: 'never', remedy: 'report' },

  // A tenant is in use.
  TenantBusy: { fault: 'tenant', retryable: 'sometimes', remedy: 'doctor' },
  ConnectionMultiplexed: { fault: 'tenant', retryable: 'never', remedy: 'row' },
  FenceUnsupported: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  TenantHostBusy: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  FenceLost: { fault: 'migration', retryable: 'sometimes', remedy: 'server' },
  TenantNotReady: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  TenantInterrupted: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  BookkeepingFailed: { fault: 'tenant', retryable: 'sometimes', remedy: 'server' },
  JournalNewer: { fault: 'tenant', retryable: 'never', remedy: 'deploy' },

  // A tenant cannot be provisioned.
  DatabaseTaken: { fault: 'tenant', retryable: 'never', remedy: 'request' },
  UserTaken: { fault: 'tenant', retryable: 'never', remedy: 'request' },
  PasswordRefused: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  NameRefused: { fault: 'tenant', retryable: 'never', remedy: 'request' },
  CollationUnknown: { fault: 'tenant', retryable: 'never', remedy: 'request' },
  ProvisioningStopped: { fault: 'tenant', retryable: 'never', remedy: 'row' },
  ProvisioningFailed: { fault: 'tenant', retryable: 'never', remedy: 'server' },

  // A migration fails.
  TableExists: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  ColumnExists: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  IndexExists: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  ConstraintExists: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  TableMissing: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  ColumnMissing: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  NothingToDrop: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  DuplicateData: { fault: 'migration', retryable: 'never', remedy: 'data' },
  DataInvalid: { fault: 'migration', retryable: 'never', remedy: 'data' },
  ForeignKeyViolated: { fault: 'migration', retryable: 'never', remedy: 'data' },
  ForeignKeyInvalid: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  ForeignKeyInUse: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  SyntaxError: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  PrivilegeMissing: { fault: 'migration', retryable: 'never', remedy: 'doctor' },
  LockWaitTimeout: { fault: 'migration', retryable: 'always', remedy: 'wait' },
  Deadlock: { fault: 'migration', retryable: 'always', remedy: 'wait' },
  TransactionConflict: { fault: 'migration', retryable: 'always', remedy: 'wait' },
  ServerReadOnly: { fault: 'migration', retryable: 'sometimes', remedy: 'wait' },
  SessionReadOnly: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  ServerFull: { fault: 'migration', retryable: 'never', remedy: 'server' },
  ServerOverloaded: { fault: 'migration', retryable: 'always', remedy: 'wait' },
  UserLimitReached: { fault: 'migration', retryable: 'always', remedy: 'wait' },
  TransactionTooLarge: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  ForbiddenByServer: { fault: 'migration', retryable: 'never', remedy: 'server' },
  StatementTimedOut: { fault: 'migration', retryable: 'never', remedy: 'request' },
  StatementInterrupted: { fault: 'migration', retryable: 'never', remedy: 'wait' },
  StatementAsksTooLate: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  StatementTooLarge: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  StatementFailed: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  MigrationThrew: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  MigrationNeedsSecondConnection: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  StreamTooLarge: { fault: 'migration', retryable: 'never', remedy: 'machine' },
  HalfApplied: { fault: 'tenant', retryable: 'never', remedy: 'resolve' },
  MigrationWithoutDown: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  StatementRefused: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  DelimiterInSql: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  MigrationEndedTransaction: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  MigrationLeftTransactionOpen: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  MigrationsMissing: { fault: 'tenant', retryable: 'never', remedy: 'deploy' },
  MigrationModified: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  RollbackNotNewest: { fault: 'tenant', retryable: 'never', remedy: 'request' },
  RollbackWouldEmpty: { fault: 'tenant', retryable: 'never', remedy: 'request' },
  Unexpected: { fault: 'fanfold', retryable: 'never', remedy: 'report' },

  // A tenant fails on AWS.
  MigratorTimedOut: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  MigratorOutOfMemory: { fault: 'tenant', retryable: 'always', remedy: 'migration' },
  MigratorCrashed: { fault: 'tenant', retryable: 'always', remedy: 'log' },
  MigratorThrottled: { fault: 'tenant', retryable: 'always', remedy: 'aws' },
  MigratorNotReady: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  SubnetFull: { fault: 'tenant', retryable: 'always', remedy: 'aws' },
  NetworkInterfaceLimitReached: { fault: 'tenant', retryable: 'always', remedy: 'aws' },
  LambdaUnavailable: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  MigratorRefused: { fault: 'tenant', retryable: 'always', remedy: 'aws' },
  MigratorFailed: { fault: 'tenant', retryable: 'always', remedy: 'log' },
  BundleChanged: { fault: 'tenant', retryable: 'always', remedy: 'wait' },
  TenantTookTooLong: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  TenantMigrationsFailed: { fault: 'tenant', retryable: 'never', remedy: 'causes' },
  TenantProvisioningFailed: { fault: 'tenant', retryable: 'sometimes', remedy: 'causes' },

  // Command line.
  RequestInvalid: { fault: 'usage', retryable: 'never', remedy: 'request' },
  FlagsTakenByNpm: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantUnknown: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantAmbiguous: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantNotActive: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantOffHosts: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantInvalid: { fault: 'usage', retryable: 'never', remedy: 'request' },
  SlugTaken: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantNotAdded: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantNotProvisionable: { fault: 'usage', retryable: 'never', remedy: 'request' },
  ProvisioningDiffers: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantNotUndoable: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantInUse: { fault: 'usage', retryable: 'never', remedy: 'request' },
  ConfirmationMissing: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RotationUnderWay: { fault: 'usage', retryable: 'never', remedy: 'request' },
  PasswordMissing: { fault: 'usage', retryable: 'never', remedy: 'request' },
  PasswordNotText: { fault: 'usage', retryable: 'never', remedy: 'request' },
  PasswordTooLong: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantsColumnAmbiguous: { fault: 'usage', retryable: 'never', remedy: 'request' },
  ActiveStatusUnclear: { fault: 'usage', retryable: 'never', remedy: 'request' },
  MigrationsFolderUnclear: { fault: 'usage', retryable: 'never', remedy: 'request' },
  ConfigFileDiffers: { fault: 'usage', retryable: 'never', remedy: 'request' },
  MigrationNameInvalid: { fault: 'usage', retryable: 'never', remedy: 'request' },
  MigrationExists: { fault: 'usage', retryable: 'never', remedy: 'request' },
  MigrationUnknown: { fault: 'usage', retryable: 'never', remedy: 'request' },
  OptionInvalid: { fault: 'usage', retryable: 'never', remedy: 'request' },
  TenantLoginInvalid: { fault: 'usage', retryable: 'never', remedy: 'request' },
  OutputUnwritable: { fault: 'usage', retryable: 'never', remedy: 'machine' },
  OptionsExclude: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RunUnderWay: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RunIsOver: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RoundIsOver: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RunNotRedrivable: { fault: 'usage', retryable: 'never', remedy: 'request' },
  NothingToResolve: { fault: 'usage', retryable: 'never', remedy: 'request' },
  ResolutionUnsafe: { fault: 'tenant', retryable: 'never', remedy: 'request' },
  CauseUnknown: { fault: 'usage', retryable: 'never', remedy: 'request' },
  MigrationUserMissing: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RunMissing: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RunUnknown: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RunIdInvalid: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RunNotListed: { fault: 'usage', retryable: 'never', remedy: 'request' },
  PlanLeavesNothing: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RunLeavesNothing: { fault: 'usage', retryable: 'never', remedy: 'request' },
  RunAppliedNothing: { fault: 'usage', retryable: 'never', remedy: 'request' },

  // Configuration.
  ConfigFileNotWritable: { fault: 'configuration', retryable: 'never', remedy: 'machine' },
  ConfigUnreadable: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  ConfigInvalid: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  ConfigAmbiguous: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  EnvironmentUnknown: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  KnexfileUnreadable: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  KnexfileEnvironmentMissing: {
    fault: 'configuration',
    retryable: 'never',
    remedy: 'configuration',
  },
  KnexVersionUnsupported: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  KnexTwice: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  FanfoldTwice: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  KnexfileHoldsSecret: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  SeedsNotFound: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  KnexSettingRefused: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  SessionSetUpFailed: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  EnvFileUnreadable: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  EnvFileAmbiguous: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  CentralDatabaseUrlMissing: {
    fault: 'configuration',
    retryable: 'never',
    remedy: 'configuration',
  },
  CentralDatabaseUrlInvalid: {
    fault: 'configuration',
    retryable: 'never',
    remedy: 'configuration',
  },
  CentralClientMissing: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  EncryptionKeyMissing: { fault: 'configuration', retryable: 'never', remedy: 'key' },
  EncryptionKeyInvalid: { fault: 'configuration', retryable: 'never', remedy: 'key' },
  KeyRingInvalid: { fault: 'configuration', retryable: 'never', remedy: 'key' },
  EncryptionFormatInvalid: { fault: 'configuration', retryable: 'never', remedy: 'key' },
  AdminLoginMissing: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  AdminLoginInvalid: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  AdminAccessDenied: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  AdminRightsMissing: { fault: 'configuration', retryable: 'never', remedy: 'server' },
  KeyRingUnreachable: { fault: 'configuration', retryable: 'never', remedy: 'machine' },
  KeyRingChanged: { fault: 'configuration', retryable: 'always', remedy: 'wait' },
  ProvisioningNotDeployed: { fault: 'configuration', retryable: 'never', remedy: 'deploy' },
  KeyRingNotWritable: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  CaUnreadable: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  CaInvalid: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  MigrationsFolderMissing: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  MigrationsFolderEmpty: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  MigrationsFolderUnreadable: {
    fault: 'configuration',
    retryable: 'never',
    remedy: 'configuration',
  },
  MigrationsFolderUnwritable: {
    fault: 'configuration',
    retryable: 'never',
    remedy: 'configuration',
  },
  MigrationInvalid: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  MigrationDuplicate: { fault: 'configuration', retryable: 'never', remedy: 'migration' },
  MigrationTimestampDuplicate: { fault: 'configuration', retryable: 'never', remedy: 'migration' },
  RunStoreUnwritable: { fault: 'configuration', retryable: 'sometimes', remedy: 'store' },
  RunNewer: { fault: 'configuration', retryable: 'never', remedy: 'deploy' },
  RunStoreUnreadable: { fault: 'configuration', retryable: 'sometimes', remedy: 'store' },
  RunExists: { fault: 'usage', retryable: 'never', remedy: 'request' },
  ResultFileDamaged: { fault: 'configuration', retryable: 'never', remedy: 'store' },
  RoundNotReduced: { fault: 'configuration', retryable: 'never', remedy: 'store' },
  BundleOlder: { fault: 'configuration', retryable: 'never', remedy: 'deploy' },
  BundlingFailed: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  OutputLost: { fault: 'configuration', retryable: 'never', remedy: 'machine' },
  EndedEarly: { fault: 'migration', retryable: 'never', remedy: 'migration' },
  NoDatabaseServer: { fault: 'configuration', retryable: 'never', remedy: 'machine' },
  DatabaseServerDidNotStart: { fault: 'configuration', retryable: 'never', remedy: 'machine' },
  DatabaseServerUnreachable: { fault: 'configuration', retryable: 'never', remedy: 'machine' },
  DatabaseServerUrlInvalid: { fault: 'configuration', retryable: 'never', remedy: 'machine' },

  // Central database.
  CentralDatabaseUnreachable: { fault: 'configuration', retryable: 'always', remedy: 'central' },
  CentralDatabaseTlsFailed: { fault: 'configuration', retryable: 'never', remedy: 'tls' },
  CentralDatabaseAccessDenied: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  CentralDatabaseMissing: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  CentralDatabaseEmpty: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  CentralDatabaseSchemaMismatch: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  TenantsTableMissing: {
    fault: 'configuration',
    retryable: 'never',
    remedy: 'configuration',
    otherFault: 'usage',
  },
  TenantsTableAmbiguous: {
    fault: 'configuration',
    retryable: 'never',
    remedy: 'configuration',
    otherFault: 'usage',
  },
  TenantsColumnsMissing: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  TenantsKeyMissing: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  TenantSlugsRepeated: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  TenantsActiveInvalid: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  TenantsQueryInvalid: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  TenantsReadOnly: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  TenantStatusRefused: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  FanfoldTenantsMissing: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  CentralDatabaseLost: { fault: 'configuration', retryable: 'always', remedy: 'wait' },
  CentralDatabaseLocked: { fault: 'configuration', retryable: 'always', remedy: 'wait' },
  CentralDatabaseFailed: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  CentralMigrationFailed: { fault: 'configuration', retryable: 'never', remedy: 'central' },
  CentralMigrationsMissing: { fault: 'configuration', retryable: 'never', remedy: 'central' },

  // AWS.
  AwsRegionMissing: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  AwsCredentialsMissing: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  AwsCredentialsRefused: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  AwsAccessDenied: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  AwsUnreachable: { fault: 'configuration', retryable: 'sometimes', remedy: 'aws' },
  AwsThrottled: { fault: 'configuration', retryable: 'always', remedy: 'wait' },
  AwsFailed: { fault: 'configuration', retryable: 'sometimes', remedy: 'aws' },
  SecretMissing: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  SecretEmpty: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  CentralDatabaseSecretInvalid: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  EnvironmentInvalid: { fault: 'configuration', retryable: 'never', remedy: 'deploy' },
  EventInvalid: { fault: 'configuration', retryable: 'never', remedy: 'request' },
  DeployedRunFailed: { fault: 'migration', retryable: 'never', remedy: 'causes' },
  DeployedRunTooSlow: { fault: 'configuration', retryable: 'never', remedy: 'configuration' },
  MigrationNotShipped: { fault: 'fanfold', retryable: 'never', remedy: 'report' },
  StackUnknown: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  StackIncomplete: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  StackAmbiguous: { fault: 'configuration', retryable: 'never', remedy: 'aws' },
  RunBroken: { fault: 'configuration', retryable: 'never', remedy: 'log', otherFault: 'usage' },
  RunNotClosed: { fault: 'configuration', retryable: 'never', remedy: 'log' },
  // Faults that migrate:doctor finds and a run does not meet.
  ServerTooOld: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  ServerUnsupported: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  SqlModeUnsafe: { fault: 'tenant', retryable: 'never', remedy: 'server' },
  ApplicationPrivilegeMissing: { fault: 'tenant', retryable: 'never', remedy: 'doctor' },
  KnexLockSet: { fault: 'tenant', retryable: 'never', remedy: 'doctor' },
} as const satisfies Readonly<Record<string, ErrorKind>>;

/** The code of an error. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Codes of notes: facts worth knowing about a tenant or a run that went well. */
export const NOTE_CODES = [
  'ahead',
  'MigrationModified',
  'EarlierTry',
  'Resumed',
  'AnotherRunRunning',
  'ConcurrencyQuotaLow',
  'StaleLockCleared',
  'ReachedNotRecorded',
] as const;

/** The code of a note; an error that did not fail a run is noted under its own code. */
export type NoteCode = (typeof NOTE_CODES)[number] | ErrorCode;

/** Codes of findings of `migrate:doctor` with which runs go well; what is wrong has the code of an error. */
export const FINDING_CODES = [
  'ServerUntested',
  'KnexLockStale',
  'SqlModeNotStrict',
  'SqlModeAnsiQuotes',
  'FewConnections',
  'ApplicationMayMigrate',
  'NotEncrypted',
] as const;

/** The code of a finding of `migrate:doctor`. */
export type FindingCode = (typeof FINDING_CODES)[number] | NoteCode;

/** Whether this version has the code: an outcome may have been written by another one. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
