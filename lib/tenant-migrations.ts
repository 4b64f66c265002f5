/**
 * The CDK construct that deploys a fleet's migrations: {@link TenantMigrations}.
 *
 * @module fanfold/cdk
 */

import { Duration, RemovalPolicy, TimeZone as Zone } from 'aws-cdk-lib';
import type {
  MathExpression,
  MathExpressionOptions,
  Metric,
  MetricOptions,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  Connections,
  type IConnectable,
  type ISecurityGroup,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';
import { type IGrantable, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { CERTIFICATES_FILE, MAX_HOURS_PER_TENANT } from '../src/core/wire/environment.ts';
import { allowAlarms } from './alarms-topic.ts';
import { bundleLambdas } from './bundle-lambdas.ts';
import { centralDatabaseText } from './central-database.ts';
import type { DatabaseFunctionsProps } from './database-functions-props.ts';
import type { LogGroupSettings } from './encrypted-log-group.ts';
import { functionTimeout } from './function-timeout.ts';
import { grantRotateKeys } from './grant-rotate-keys.ts';
import {
  allowStack,
  type GrantedResources,
  grantApprove,
  grantOperate,
  grantStart,
  grantView,
} from './grants.ts';
import { MigrationFunctions } from './migration-functions.ts';
import { MigrationKeys } from './migration-keys.ts';
import { MigrationSecrets } from './migration-secrets.ts';
import { type Alarms, MigrationsAlarms } from './migrations-alarms.ts';
import { MigrationsNetwork } from './migrations-network.ts';
import { MigrationsSchedule } from './migrations-schedule.ts';
import { MigrationsStateMachine, stateMachineArn } from './migrations-state-machine.ts';
import { namePrefix } from './name-prefix.ts';
import { notificationsOf } from './notifications.ts';
import { OnDeploy } from './on-deploy.ts';
import { OnlineTask } from './online-task.ts';
import { OperatorFunctions } from './operator-functions.ts';
import { refuseUnusable } from './refuse-unusable.ts';
import { replicaSecretsOf } from './replica-secrets.ts';
import { requestText, withDefaults } from './request-text.ts';
import { RunBucket } from './run-bucket.ts';
import { RunDashboard } from './run-dashboard.ts';
import type { RunData } from './run-data-access.ts';
import { RunEnds } from './run-ends.ts';
import { type RunMetric, RunMetrics, type WaveMetric } from './run-metrics.ts';
import { shapeSecretsOf } from './shape-secrets.ts';
import { StackOutputs } from './stack-outputs.ts';
import { tellStack } from './tell-stack.ts';
import type { ScheduleOptions, TenantMigrationsProps } from './tenant-migrations-props.ts';
import { TenantProvisioning } from './tenant-provisioning.ts';

export type { CentralDatabaseAddress } from './central-database.ts';
export type { FunctionMemory } from './function-memory.ts';
export type { IamLogin, IamLogins } from './iam-logins.ts';
export type { LoginSecret } from './login-secrets-text.ts';
export type { Alarms } from './migrations-alarms.ts';
export type { OnDeployOptions } from './on-deploy.ts';
export type { OnlineTaskOptions } from './online-task.ts';
export type { RunMetric, WaveMetric } from './run-metrics.ts';
export type {
  RequestKeys,
  ScheduleOptions,
  TenantMigrationsProps,
} from './tenant-migrations-props.ts';
export type { AdminSecret, ProvisioningOptions } from './tenant-provisioning.ts';

/**
 * Migrates every tenant of a fleet: a state machine that lists, fans out and folds, with everything that it
 * needs. Throws if a request among the props is invalid (`RequestInvalid`), if the migrations' folder is
 * empty, or if a migration cannot be bundled.
 */
export class TenantMigrations extends Construct implements IConnectable {
  readonly stateMachine: StateMachine;
  readonly runBucket: IBucket;
  readonly centralSecret: ISecret;
  readonly encryptionKeySecret: ISecret;
  /** The security groups of lister and migrator, which the group of a database must let in. */
  readonly securityGroups: readonly ISecurityGroup[];
  /**
   * The same, for `migrations.connections.allowToDefaultPort(database)`, which puts both rules into this
   * stack. `database.connections.allowDefaultPortFrom(migrations)` would put them into the database's,
   * which makes a cycle if that is another stack.
   */
  readonly connections: Connections;
  readonly vpc: IVpc;
  /** SHA-256 over the migrations' ids and checksums. */
  readonly bundleHash: string;
  /** ProvisionTenant; undefined without `provisioning`. */
  readonly provisioning: TenantProvisioning | undefined;
  /** The functions of a run, for alarms, tags or log subscriptions of yours. */
  readonly functions: Readonly<
    Record<
      'listTenants' | 'migrateTenant' | 'reduceOutcomes' | 'settleRun' | 'watchDigests',
      IFunction
    >
  >;
  /** The alarms by their subjects, such as `alarms.failed`; some exist only with a schedule or provisioning. */
  readonly alarms: Alarms;
  private readonly operators: OperatorFunctions;
  private readonly metrics: RunMetrics;
  private readonly iamLogins: TenantMigrationsProps['iamLogins'];
  private readonly granted: GrantedResources;

  constructor(scope: Construct, id: string, props: TenantMigrationsProps) {
    super(scope, id);
    const prefix = namePrefix(this, props.prefix);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const timeout = functionTimeout(props.functionTimeout);
    if (props.permissionsBoundary !== undefined) {
      PermissionsBoundary.of(this).apply(props.permissionsBoundary);
    }
    const bundles = bundleLambdas({
      migrationsFolder: props.migrationsFolder,
      project: props.project,
      environment: props.environment,
      allowDuplicateTimestamps: props.allowDuplicateTimestamps,
      requireRehearsal: props.requireRehearsal,
      certificatesFile: props.certificatesFile,
    });
    const tableName = props.tableName ?? bundles.config.tableName;
    // Lambda unpacks a function there.
    const certificates = props.certificatesFile && `/var/task/${CERTIFICATES_FILE}`;
    const keys = new MigrationKeys(this, 'Keys', {
      prefix,
      removalPolicy,
      forSecrets: props.centralSecret === undefined || props.encryptionKeySecret === undefined,
    });
    const secrets = new MigrationSecrets(this, 'Secrets', {
      prefix,
      central: props.centralSecret,
      encryptionKey: props.encryptionKeySecret,
      secretsKey: keys.secretsKey,
    });
    const centralDatabase = centralDatabaseText(props.centralDatabase, this);
    const logs: LogGroupSettings = {
      encryptionKey: keys.dataKey,
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy,
    };
    refuseUnusable(this, props);
    const network = new MigrationsNetwork(this, 'Network', {
      ...props,
      prefix,
      logs,
      databasePorts: props.databasePorts ?? [3306],
    });
    const { bucket } = new RunBucket(this, 'RunBucket', {
      encryptionKey: keys.dataKey,
      keepRuns: props.keepRuns ?? Duration.days(400),
      accessLogs: props.runBucketAccessLogs,
      removalPolicy,
    });
    network.confineS3(bucket as IBucket);
    const runData: RunData = { bucket: bucket as IBucket, key: keys.dataKey };
    const name = `${prefix}-tenant-migrations`;
    const shared: DatabaseFunctionsProps = {
      prefix,
      centralSecret: secrets.central,
      centralDatabase,
      iamLogins: props.iamLogins,
      encryptionKeySecret: secrets.encryptionKey,
      logs,
      functionTimeout: timeout,
      architecture: props.architecture,
      tls: props.tls,
      certificates,
      tableName,
    };
    const onlineTask =
      props.onlineTask &&
      new OnlineTask(this, 'Online', {
        ...props.onlineTask,
        prefix,
        encryptionKeySecret: secrets.encryptionKey,
        network: network.migrator,
        isIsolated: props.vpc === undefined,
        tls: props.tls,
        tableName,
        timeout: Duration.hours(props.maxHoursPerTenant ?? MAX_HOURS_PER_TENANT),
        logs,
      });
    const functions = new MigrationFunctions(this, 'Functions', {
      ...shared,
      bundles,
      network,
      runData,
      centralReadSecret: props.centralReadSecret ?? secrets.central,
      stateMachineArn: stateMachineArn(this, name),
      memory: props.memory,
      requestDefaults: requestText(
        'requestDefaults',
        withDefaults(bundles.config.requestDefaults, props.requestDefaults),
      ),
      maxHoursPerTenant: props.maxHoursPerTenant,
      onlineTaskLogs: onlineTask?.targets && onlineTask.logGroupName,
      shapeSecrets: shapeSecretsOf(this, props, bundles),
      replicaSecrets: replicaSecretsOf(this, props, bundles),
      migratorConcurrency: props.migratorConcurrency,
      notifications: notificationsOf(this, props),
    });
    this.provisioning =
      props.provisioning &&
      new TenantProvisioning(this, 'Provisioning', {
        ...props.provisioning,
        ...shared,
        pool: props.provisioning.pool ?? bundles.config.pool,
        asset: bundles.assets['provision-tenant'],
        // Like the migrator it reaches databases and Secrets Manager.
        network: network.migrator,
        dataKey: keys.dataKey,
        memory: props.memory?.provisionTenant,
      });
    const { machine, logGroup } = new MigrationsStateMachine(this, 'Machine', {
      name,
      functions,
      runData,
      logs,
      provisionTenant: this.provisioning?.refilling && this.provisioning.provisioner.lambda,
      timeout: props.runTimeout ?? Duration.days(7),
      functionTimeout: timeout,
      onlineTask,
    });
    new RunEnds(this, 'Ends', {
      name,
      machine,
      settleRun: functions.settleRun.lambda as IFunction,
    });
    this.metrics = new RunMetrics(machine, name);
    this.operators = new OperatorFunctions(this, 'Operators', {
      ...shared,
      bundles,
      // Like the migrator they reach databases and Secrets Manager.
      network: network.migrator,
      centralReadSecret: props.centralReadSecret ?? secrets.central,
      provisioning: props.provisioning,
      memory: props.memory?.operate,
    });
    const schedule =
      props.schedule && this.addSchedule(props.schedule, prefix, machine, keys, removalPolicy);
    const { alarms } = new MigrationsAlarms(this, 'Alarms', {
      prefix,
      machine,
      metrics: this.metrics,
      functions,
      provisioning: this.provisioning?.machine,
      refilling: this.provisioning?.refilling?.machine,
      deadLetters: schedule?.deadLetters,
      topic: props.alarmsTopic,
      runbook: props.runbook ?? 'docs/how-to/runbook.md',
    });
    if (props.dashboard !== false) {
      new RunDashboard(this, 'Dashboard', {
        name: prefix,
        machine,
        metrics: this.metrics,
        functions,
        alarms,
      });
    }
    const outputs =
      props.outputs === false
        ? undefined
        : new StackOutputs(this, 'Outputs', prefix, {
            stateMachineArn: machine.stateMachineArn,
            runBucketName: bucket.bucketName,
            centralSecretArn: secrets.central.secretArn,
            centralDatabase,
            keySecretArn: secrets.encryptionKey.secretArn,
            bundleHash: bundles.bundleHash,
            requiresRehearsal: bundles.config.requiresRehearsal ? 'true' : undefined,
            settleFunctionName: functions.settleRun.lambda.functionName,
            provisionMachineArn: this.provisioning?.machine.stateMachineArn,
            refillMachineArn: this.provisioning?.refilling?.machine.stateMachineArn,
            ...this.operators.outputs,
          });
    if (props.onDeploy !== undefined) {
      const { request, ...options } = props.onDeploy;
      new OnDeploy(this, 'OnDeploy', {
        ...options,
        prefix,
        logs,
        asset: bundles.assets['on-deploy'],
        architecture: props.architecture,
        bundleHash: bundles.bundleHash,
        bundleHashOutput: outputs?.bundleHashKey,
        // Made from its name, because a right on its executions needs it.
        stateMachineArn: stateMachineArn(this, name),
        stateMachineKey: keys.dataKey,
        request: requestText('onDeploy.request', request) ?? '{}',
        // Also after the schedule and the alarms, so that a deployment that fails because of them has started
        // nothing.
        after: this.node.children,
      });
    }

    this.iamLogins = props.iamLogins;
    this.alarms = alarms;
    this.functions = {
      listTenants: functions.listTenants.lambda,
      migrateTenant: functions.migrateTenant.lambda,
      reduceOutcomes: functions.reduceOutcomes.lambda,
      settleRun: functions.settleRun.lambda,
      watchDigests: functions.watchDigests.lambda,
    };
    if (outputs !== undefined) tellStack(this, prefix);
    allowAlarms(this, props.alarmsTopic);
    this.stateMachine = machine;
    this.runBucket = runData.bucket;
    this.centralSecret = secrets.central;
    this.encryptionKeySecret = secrets.encryptionKey;
    this.vpc = network.vpc;
    this.securityGroups = [
      ...new Set([...network.lister.securityGroups, ...network.migrator.securityGroups]),
    ];
    this.connections = new Connections({ securityGroups: [...this.securityGroups] });
    this.bundleHash = bundles.bundleHash;
    this.granted = {
      scope: this,
      stateMachineArn: machine.stateMachineArn,
      stateMachineName: name,
      settleRun: functions.settleRun.lambda as IFunction,
      runData,
      logGroups: [...functions.logGroups, logGroup as ILogGroup],
      deadLetters: schedule?.deadLetters as IQueue | undefined,
    };
  }

  /** A figure of the newest run as CloudWatch has it after each round; its maximum by default. */
  metric(name: RunMetric, options?: MetricOptions): Metric {
    return this.metrics.metric(name, options);
  }

  /** Tenants that failed in a run so far. */
  metricTenantsFailed(options?: MetricOptions): Metric {
    return this.metrics.metric('TenantsFailed', options);
  }

  /** Tenants that were migrated in a run so far. */
  metricTenantsMigrated(options?: MetricOptions): Metric {
    return this.metrics.metric('TenantsMigrated', options);
  }

  /** A figure of one wave of a run so far; `wave` is `1` to `9`, or `10+`. */
  metricOfWave(name: WaveMetric, wave: string, options?: MetricOptions): Metric {
    return this.metrics.waveMetric(name, wave, options);
  }

  /** Runs that ended with failed tenants, or could not be carried out. */
  metricRunsFailed(options?: MetricOptions): Metric {
    return this.stateMachine.metricFailed(options);
  }

  /** State transitions that Step Functions has delayed, of runs and of their tenants. */
  metricTransitionsThrottled(options?: MathExpressionOptions): MathExpression {
    return this.metrics.transitionsThrottled(options);
  }

  /** Grants read access to runs and provisioning: executions with their data and progress, reports, logs. */
  grantView(grantee: IGrantable): void {
    grantView(grantee, this.granted);
    this.provisioning?.grantView(grantee);
  }

  /** Grants a pipeline the right to start runs and to follow them. */
  grantStart(grantee: IGrantable): void {
    grantStart(grantee, this.granted);
  }

  /**
   * Grants the right to approve and to reject waves that wait for an approval. It is a separate right:
   * operators do not have it, and it does not include the right to start runs.
   */
  grantApprove(grantee: IGrantable): void {
    grantApprove(grantee, this.granted);
  }

  /**
   * Grants operator access: to read, start, redrive, stop and throttle runs; to read, redrive and stop
   * provisioning; and to follow each step of docs/how-to/runbook.md in the console.
   */
  grantOperate(grantee: IGrantable): void {
    grantOperate(grantee, this.granted);
    this.provisioning?.grantView(grantee);
    this.provisioning?.grantOperate(grantee);
  }

  /**
   * Grants the right to provision tenants, for the service where customers sign up. Throws if the props have no
   * `provisioning`.
   */
  grantProvision(grantee: IGrantable): void {
    if (this.provisioning === undefined) {
      throw new Error(
        `${this.node.path} has no "provisioning" among its props, so there is nothing to grant.`,
      );
    }
    this.provisioning.grantProvision(grantee);
    allowStack(grantee, this);
  }

  /** Grants the right to look at tenants from anywhere: `migrate:status --aws` and `migrate:doctor --aws`. */
  grantInspect(grantee: IGrantable): void {
    this.operators.grant('inspect', grantee);
    allowStack(grantee, this);
  }

  /** Grants the right to resolve half-applied migrations from anywhere, with `migrate:resolve --aws`. */
  grantResolve(grantee: IGrantable): void {
    this.operators.grant('resolve', grantee);
    allowStack(grantee, this);
  }

  /**
   * Grants the right to store, make and rotate the passwords of tenants from anywhere, with
   * `tenant:password --aws` and `tenant:rotate-password --aws`. It shows none of them.
   */
  grantSetPasswords(grantee: IGrantable): void {
    this.operators.grant('passwords', grantee);
    allowStack(grantee, this);
  }

  /**
   * Grants the right to change the addresses of tenants from anywhere, with `tenant:move --aws`. It decides which
   * server gets the logins of a tenant and the data that its application writes.
   */
  grantMoveTenants(grantee: IGrantable): void {
    this.operators.grant('move', grantee);
    allowStack(grantee, this);
  }

  /** Grants the right to repair tenants from anywhere, with `migrate:doctor --fix --aws`. Needs `provisioning`. */
  grantRepair(grantee: IGrantable): void {
    this.operators.grant('repair', grantee);
    allowStack(grantee, this);
  }

  /**
   * Grants the right to remove tenants that were never ACTIVE, with `tenant:provision --undo --aws`. Needs
   * `provisioning`.
   */
  grantUndoProvisioning(grantee: IGrantable): void {
    this.operators.grant('undo', grantee);
    allowStack(grantee, this);
  }

  /** Grants the right to rotate the key with `secrets:rotate --aws`, and so to decrypt every password. */
  grantRotateKeys(grantee: IGrantable): void {
    grantRotateKeys(grantee, {
      scope: this,
      stateMachineArn: this.granted.stateMachineArn,
      centralSecret: this.centralSecret,
      encryptionKeySecret: this.encryptionKeySecret,
      iamLogins: this.iamLogins,
    });
  }

  private addSchedule(
    options: ScheduleOptions,
    prefix: string,
    machine: StateMachine,
    keys: MigrationKeys,
    removalPolicy: RemovalPolicy,
  ): MigrationsSchedule {
    return new MigrationsSchedule(this, 'Schedule', {
      prefix,
      stateMachineArn: machine.stateMachineArn,
      expression: options.expression,
      timeZone: options.timeZone ?? Zone.ETC_UTC,
      request: requestText('schedule.request', { ifRunning: 'skip', ...options.request }) ?? '{}',
      encryptionKey: keys.dataKey,
      removalPolicy,
    });
  }
}
