/** Environment variables that the infrastructure sets and the Lambdas read. */
export const ENVIRONMENT = {
  /** Name of the bucket of the run store. */
  runBucket: 'FANFOLD_RUN_BUCKET',
  /** ARN of the secret with the central database's login, as AWS writes it: username, password, host, port, dbname. */
  centralSecretArn: 'FANFOLD_CENTRAL_SECRET_ARN',
  /** The parts of the central database's address that its secret lacks, as JSON: `{"host":"…","port":3306,"name":"…"}`. */
  centralDatabase: 'FANFOLD_CENTRAL_DATABASE',
  /** The mapping of the tenants in the central database: a `TenantsMapping` as JSON. */
  centralTenants: 'FANFOLD_CENTRAL_TENANTS',
  /** ARN of the secret with the encryption key, bare or as a key ring. */
  keySecretArn: 'FANFOLD_KEY_SECRET_ARN',
  /** ARN of the event bus that gets notifications. Default: that of the account. */
  eventBus: 'FANFOLD_EVENT_BUS',
  /** ARN of the topic of SNS that gets notifications in words; absent: none. */
  notifyTopic: 'FANFOLD_NOTIFY_TOPIC',
  /** `text` or `amazon-q`. Default: `text`. */
  notifyFormat: 'FANFOLD_NOTIFY_FORMAT',
  /** Name of the stack as `--aws` takes it, for commands in texts; absent: it has no outputs for `--aws`. */
  stack: 'FANFOLD_STACK',
  /** ARN of the state machine. */
  stateMachineArn: 'FANFOLD_STATE_MACHINE_ARN',
  /** `auto`, `required` or `off`, as `--tls`. Default: `auto`. */
  tls: 'FANFOLD_TLS',
  /** Name of the migration table in tenant databases, if it is not Knex's default. */
  tableName: 'FANFOLD_TABLE_NAME',
  /** Request keys that a request may leave out, as JSON. */
  requestDefaults: 'FANFOLD_REQUEST_DEFAULTS',
  /** The time that one tenant may take over all its invocations, in hours. */
  maxHoursPerTenant: 'FANFOLD_MAX_HOURS_PER_TENANT',
  /** Name of the log group of the task that runs start for huge tables; absent: they start none. */
  onlineTaskLogs: 'FANFOLD_ONLINE_TASK_LOGS',
  /** Secrets with administrators' logins, as JSON: `[{"arn":"…","server":"db1.example.com:3306"}]`. */
  adminSecrets: 'FANFOLD_ADMIN_SECRETS',
  /** Secrets with logins that read the shapes of all tenants of a server, in the same form. */
  shapeSecrets: 'FANFOLD_SHAPE_SECRETS',
  replicaSecrets: 'FANFOLD_REPLICA_SECRETS',
  /** `v1` or `v2`, as `DB_ENCRYPTION_FORMAT`. */
  passwordFormat: 'FANFOLD_PASSWORD_FORMAT',
  /** As `--accounts-from`, `--privileges`, `--migration-privileges` and `--collation`. */
  accountsFrom: 'FANFOLD_ACCOUNTS_FROM',
  privileges: 'FANFOLD_PRIVILEGES',
  migrationPrivileges: 'FANFOLD_MIGRATION_PRIVILEGES',
  collation: 'FANFOLD_COLLATION',
  /** `password` or `iam`, as `--auth`. */
  auth: 'FANFOLD_AUTH',
  /** `true` or `false`, as `--require-tls`; absent: wherever TLS is used. */
  requireTls: 'FANFOLD_REQUIRE_TLS',
  /** Databases that are kept ready for new tenants on each server; absent: none. */
  poolSize: 'FANFOLD_POOL_SIZE',
  /** The part of an operator's work that a function does: a key of `OPERATOR_FUNCTIONS`. */
  operator: 'FANFOLD_OPERATOR',
  /** Version of Fanfold that the stack was deployed with. */
  version: 'FANFOLD_VERSION',
  /** Path of a file with further certificates to trust, under the name that Node itself reads. */
  certificates: 'NODE_EXTRA_CA_CERTS',
} as const;

/** Name of that file beside a function's code. */
export const CERTIFICATES_FILE = 'certificates.pem';

/**
 * The time that one tenant may take over all its invocations, if nobody has set another, in hours: one that takes a day has a
 * problem that somebody has to look at.
 */
export const MAX_HOURS_PER_TENANT = 24;
