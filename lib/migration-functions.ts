import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { allow } from './allow.ts';
import { allowSecret } from './allow-secret.ts';
import type { BundledLambdas } from './bundle-lambdas.ts';
import type { DatabaseFunctionsProps } from './database-functions-props.ts';
import { functionEnvironment } from './function-environment.ts';
import type { FunctionMemory } from './function-memory.ts';
import { executionsOf } from './grants.ts';
import { allowIamLogins } from './iam-logins.ts';
import { type LoginSecret, loginSecretsText } from './login-secrets-text.ts';
import { MigrationFunction } from './migration-function.ts';
import type { MigrationsNetwork } from './migrations-network.ts';
import { allowNotifications, type Notifications, notificationSettings } from './notifications.ts';
import { allowRunData, type RunData } from './run-data-access.ts';

export interface MigrationFunctionsProps extends DatabaseFunctionsProps {
  readonly bundles: BundledLambdas;
  readonly network: MigrationsNetwork;
  readonly runData: RunData;
  /** Login of the central database for functions that only look tenants up there. */
  readonly centralReadSecret: ISecret;
  /** Made from its name, because the machine itself needs the functions. */
  readonly stateMachineArn: string;
  readonly memory?: FunctionMemory | undefined;
  /** Keys that a request may leave out, as JSON. */
  readonly requestDefaults?: string | undefined;
  /** Logins with which shapes are read. */
  readonly shapeSecrets?: readonly LoginSecret[] | undefined;
  readonly replicaSecrets?: readonly LoginSecret[] | undefined;
  readonly maxHoursPerTenant?: number | undefined;
  /** Name of the log group of the task that runs start for huge tables. */
  readonly onlineTaskLogs?: string | undefined;
  readonly migratorConcurrency?: number | undefined;
  readonly notifications: Notifications;
}

/** Memory that comes with one whole processor. Each function has one thread: a second would be idle. */
const ONE_PROCESSOR = 1_769;
/** A migrator waits for the server most of the time. Node, Knex and the driver take some 120 MB. */
const MIGRATOR = 512;

/** The functions that the states invoke, each with the rights that its work needs. */
export class MigrationFunctions extends Construct {
  /** The lister, which also records outcomes. */
  readonly listTenants: MigrationFunction;
  readonly migrateTenant: MigrationFunction;
  readonly reduceOutcomes: MigrationFunction;
  /** The settler, which also opens runs. */
  readonly settleRun: MigrationFunction;
  /** The watcher of statements, which only some rollouts need. */
  readonly watchDigests: MigrationFunction;

  constructor(scope: Construct, id: string, props: MigrationFunctionsProps) {
    super(scope, id);
    this.listTenants = this.lister(props);
    this.migrateTenant = this.migrator(props);
    this.reduceOutcomes = this.reducer(props);
    this.settleRun = this.settler(props);
    this.watchDigests = this.digestWatcher(props);
  }

  /** The log groups of all functions. */
  get logGroups(): readonly ILogGroup[] {
    const all = [
      ...[this.listTenants, this.migrateTenant, this.reduceOutcomes],
      ...[this.settleRun, this.watchDigests],
    ];
    return all.map(({ logGroup }) => logGroup as ILogGroup);
  }

  private lister(props: MigrationFunctionsProps): MigrationFunction {
    const lister = new MigrationFunction(this, 'ListTenants', {
      ...common(props, 'list-tenants'),
      description: 'Lists the tenants of a round; records what a round came to',
      memory: props.memory?.listTenants ?? ONE_PROCESSOR,
      network: props.network.lister,
      environment: functionEnvironment({
        runBucket: props.runData.bucket.bucketName,
        centralSecretArn: props.centralSecret.secretArn,
        centralDatabase: props.centralDatabase,
        tls: props.tls,
        certificates: props.certificates,
      }),
    });
    allowSecret(lister.role, props.centralSecret, this);
    allowIamLogins(lister.role, props.iamLogins?.central, this);
    allowRunData(lister.role, props.runData, {
      read: ['runs', 'items'],
      write: ['runs', 'items'],
      list: ['runs'],
    });
    return lister;
  }

  private migrator(props: MigrationFunctionsProps): MigrationFunction {
    const migrator = new MigrationFunction(this, 'MigrateTenant', {
      ...common(props, 'migrate-tenant'),
      description: 'Migrates one tenant',
      memory: props.memory?.migrateTenant ?? MIGRATOR,
      network: props.network.migrator,
      reservedConcurrency: props.migratorConcurrency,
      environment: functionEnvironment({
        keySecretArn: props.encryptionKeySecret.secretArn,
        tls: props.tls,
        certificates: props.certificates,
        tableName: props.tableName,
        maxHoursPerTenant: props.maxHoursPerTenant?.toString(),
        onlineTaskLogs: props.onlineTaskLogs,
        shapeSecrets: loginSecretsText(this, props.shapeSecrets),
        replicaSecrets: loginSecretsText(this, props.replicaSecrets),
        runBucket: props.runData.bucket.bucketName,
      }),
    });
    const { shapeSecrets = [], replicaSecrets = [] } = props;
    const logins = [...shapeSecrets, ...replicaSecrets].map(({ secret }) => secret);
    for (const secret of new Set([props.encryptionKeySecret, ...logins])) {
      allowSecret(migrator.role, secret, this);
    }
    allowIamLogins(migrator.role, props.iamLogins?.tenants, this);
    // It runs code of migrations. It reads pauses and paces of backfills, adds what outcomes leave out, and can neither
    // see nor change anything that decides about a run.
    allowRunData(migrator.role, props.runData, { read: ['controls'], put: ['rests'] });
    return migrator;
  }

  private reducer(props: MigrationFunctionsProps): MigrationFunction {
    const reducer = new MigrationFunction(this, 'ReduceOutcomes', {
      ...common(props, 'reduce-outcomes'),
      description: 'Folds the outcomes of a round into the summary of its run',
      memory: props.memory?.reduceOutcomes ?? ONE_PROCESSOR,
      environment: functionEnvironment({ runBucket: props.runData.bucket.bucketName }),
    });
    allowRunData(reducer.role, props.runData, {
      read: ['runs'],
      write: ['runs'],
      delete: ['items'],
      list: ['runs'],
    });
    return reducer;
  }

  private settler(props: MigrationFunctionsProps): MigrationFunction {
    const settler = new MigrationFunction(this, 'SettleRun', {
      ...common(props, 'settle-run'),
      description: 'Opens a run; decides what follows a round; closes a run that was stopped',
      memory: props.memory?.settleRun ?? ONE_PROCESSOR,
      environment: functionEnvironment({
        runBucket: props.runData.bucket.bucketName,
        stateMachineArn: props.stateMachineArn,
        requestDefaults: props.requestDefaults,
        ...notificationSettings(props.notifications),
      }),
    });
    allowNotifications(settler.role, props.notifications);
    allowRunData(settler.role, props.runData, { read: ['runs'], write: ['runs'], list: ['runs'] });
    allow(settler.role, {
      actions: ['states:ListExecutions'],
      resources: [props.stateMachineArn],
    });
    allow(settler.role, {
      actions: ['states:DescribeExecution'],
      resources: [executionsOf(props.stateMachineArn)],
      wildcard: 'Executions get their names when they start.',
    });
    // Error and cause of an execution are data of the machine.
    allow(settler.role, {
      actions: ['kms:Decrypt'],
      resources: [props.runData.key.keyArn],
      conditions: {
        StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': props.stateMachineArn },
      },
    });
    allow(settler.role, {
      actions: ['cloudwatch:DescribeAlarms'],
      resources: ['*'],
      wildcard:
        'A request names its alarms, and composite alarms are only shown to a right to all.',
    });
    allow(settler.role, {
      actions: ['lambda:GetAccountSettings'],
      resources: ['*'],
      wildcard: "An account's quota has no address.",
    });
    return settler;
  }

  /** Looks tenants up and logs in to them. Of a run, it can only write its own readings. */
  private digestWatcher(props: MigrationFunctionsProps): MigrationFunction {
    const watcher = new MigrationFunction(this, 'WatchDigests', {
      ...common(props, 'watch-digests'),
      description: 'Compares the statements of the tenants of a wave with those before it',
      memory: props.memory?.watchDigests ?? ONE_PROCESSOR,
      network: props.network.watcher,
      environment: functionEnvironment({
        runBucket: props.runData.bucket.bucketName,
        centralSecretArn: props.centralReadSecret.secretArn,
        centralDatabase: props.centralDatabase,
        keySecretArn: props.encryptionKeySecret.secretArn,
        tls: props.tls,
        certificates: props.certificates,
      }),
    });
    for (const secret of new Set([props.centralReadSecret, props.encryptionKeySecret])) {
      allowSecret(watcher.role, secret, this);
    }
    const { central = [], centralRead = central, tenants = [] } = props.iamLogins ?? {};
    allowIamLogins(watcher.role, [...centralRead, ...tenants], this);
    allowRunData(watcher.role, props.runData, {
      read: ['runs'],
      write: ['digests'],
      list: ['runs'],
    });
    return watcher;
  }
}

function common(
  props: MigrationFunctionsProps,
  name: 'list-tenants' | 'migrate-tenant' | 'reduce-outcomes' | 'settle-run' | 'watch-digests',
) {
  const { prefix, bundles, functionTimeout: timeout, architecture, logs } = props;
  return { name: `${prefix}-${name}`, asset: bundles.assets[name], timeout, architecture, logs };
}
