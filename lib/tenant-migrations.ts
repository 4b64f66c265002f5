import {
  Duration,
  RemovalPolicy,
  Stack,
  type TimeZone,
  Token,
  TimeZone as Zone,
} from 'aws-cdk-lib';
import type { IPeer, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { CERTIFICATES_FILE } from '../src/core/wire/environment.ts';
import { parseRunRequest } from '../src/core/wire/parse-run-request.ts';
import { bundleLambdas } from './bundle-lambdas.ts';
import type { LogGroupSettings } from './encrypted-log-group.ts';
import { grantRotateKeys } from './grant-rotate-keys.ts';
import {
  allowStack,
  type GrantedResources,
  grantOperate,
  grantStart,
  grantView,
} from './grants.ts';
import { MigrationFunctions } from './migration-functions.ts';
import { MigrationKeys } from './migration-keys.ts';
import { MigrationSecrets } from './migration-secrets.ts';
import { MigrationsAlarms } from './migrations-alarms.ts';
import { MigrationsNetwork } from './migrations-network.ts';
import { MigrationsSchedule } from './migrations-schedule.ts';
import { MigrationsStateMachine, stateMachineArn } from './migrations-state-machine.ts';
import { OnDeploy, type OnDeployOptions } from './on-deploy.ts';
import { RunBucket } from './run-bucket.ts';
import type { RunData } from './run-data-access.ts';
import { StackOutputs } from './stack-outputs.ts';
import { type ProvisioningOptions, TenantProvisioning } from './tenant-provisioning.ts';

export type { OnDeployOptions } from './on-deploy.ts';
export type { AdminSecret, ProvisioningOptions } from './tenant-provisioning.ts';

/** A request as an execution's input has it; every key may be left out. */
export type RequestKeys = Readonly<Record<string, unknown>>;

export interface TenantMigrationsProps {
  /**
   * Folder of the tenant migrations, which are bundled with the functions. Default: that of the project's
   * configuration, or `migrations/tenant`.
   */
  readonly migrationsFolder?: string | undefined;
  /**
   * Folder of the project, in or above which `fanfold.config.ts` is looked for: what stands there counts
   * for the functions, if no property says otherwise. Default: that of the migrations if they are named,
   * else the working directory.
   */
  readonly project?: string | undefined;
  /** Environment of the configuration. Default: `FANFOLD_ENV`. */
  readonly environment?: string | undefined;
  /**
   * Login of the central database as RDS writes it: `username`, `password`, `host`, `port`, `dbname`.
   * Default: a secret is made, to be filled in before the first run.
   */
  readonly centralSecret?: ISecret | undefined;
  /**
   * The key of the tenants' passwords, 32 characters or a key ring. Default: one is generated, under
   * a KMS key of its own. Both stay when the stack goes: losing either loses all passwords.
   */
  readonly encryptionKeySecret?: ISecret | undefined;

  /**
   * Where the databases are reached from. Default: a VPC of isolated subnets is made, to be peered
   * with that of the databases.
   */
  readonly vpc?: IVpc | undefined;
  /** Default: the VPC's private subnets. */
  readonly subnets?: SubnetSelection | undefined;
  /**
   * Security groups of lister and migrator, which then are as they are given. Default: two are made,
   * which let out to databases, Secrets Manager and, the lister's, S3.
   */
  readonly securityGroups?: readonly ISecurityGroup[] | undefined;
  /**
   * Whether a gateway endpoint of S3 and an interface endpoint of Secrets Manager are made. Default:
   * only in a VPC that is made here.
   */
  readonly endpoints?: boolean | undefined;
  /** Ports of the database servers. Default: 3306. */
  readonly databasePorts?: readonly number[] | undefined;
  /** Addresses of the database servers. Default: those of the VPC. */
  readonly databasePeers?: readonly IPeer[] | undefined;
  /**
   * Where Secrets Manager answers in a given VPC: an endpoint's security group, or any address behind
   * a NAT gateway. Default: the addresses of the VPC.
   */
  readonly secretsManagerPeer?: IPeer | undefined;
  /**
   * Id of the region's prefix list `com.amazonaws.<region>.s3`, to which the lister's HTTPS is then
   * confined. Default: HTTPS to anywhere.
   */
  readonly s3PrefixListId?: string | undefined;

  /**
   * Keys that requests may leave out, for example `{ maxConcurrency: 200 }`. They win over "request" of the
   * project's configuration, key by key.
   */
  readonly requestDefaults?: RequestKeys | undefined;
  /** Runs by the clock. Default: none. */
  readonly schedule?: ScheduleOptions | undefined;
  /** Runs by deployments with other migrations. Default: none. `start` is recommended. */
  readonly onDeploy?:
    | (OnDeployOptions & { readonly request?: RequestKeys | undefined })
    | undefined;
  /** Makes new tenants, by a state machine of its own. Default: it is not made. */
  readonly provisioning?: ProvisioningOptions | undefined;
  /** Who hears alarms. Default: they are seen in CloudWatch only. */
  readonly alarmsTopic?: ITopic | undefined;
  /** Address of docs/runbook.md, for the alarms. Default: `docs/runbook.md`. */
  readonly runbook?: string | undefined;

  /** TLS to tenants' and central databases: `auto`, `required` or `off`. Default: `auto`. */
  readonly tls?: 'auto' | 'required' | 'off' | undefined;
  /**
   * PEM file of certificate authorities that the functions are to trust beside the public ones and those
   * of RDS; it travels with them. Default: none.
   */
  readonly certificatesFile?: string | undefined;
  /** Name of the migration table in the tenants' databases. Default: that of the configuration, or Knex's. */
  readonly tableName?: string | undefined;
  /** For a fleet whose history has two migrations of one timestamp. Default: that of the configuration. */
  readonly allowDuplicateTimestamps?: boolean | undefined;
  /** Hours that one tenant may take over all its invocations. Default: 24. */
  readonly maxHoursPerTenant?: number | undefined;
  /** Default: 7 days. */
  readonly runTimeout?: Duration | undefined;
  /**
   * Invocations of the migrator that are taken out of the account's concurrency, and its limit.
   * Default: none; `maxConcurrency` of the request is the limit.
   */
  readonly migratorConcurrency?: number | undefined;

  /** How long runs are kept. Default: 400 days. */
  readonly keepRuns?: Duration | undefined;
  /** Default: 3 months. */
  readonly logRetention?: RetentionDays | undefined;
  /** Takes S3's log of the requests to the run bucket. Default: none. */
  readonly runBucketAccessLogs?: IBucket | undefined;
  /**
   * What becomes of runs, logs and their key when the stack goes. Secrets and their key stay in any
   * case. Default: RETAIN.
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
  /**
   * Begins all names: 1 to 40 letters, digits and hyphens. Default: the stack's name. Two constructs
   * in one stack need one each.
   */
  readonly prefix?: string | undefined;
  /** Whether the stack gets the outputs by which `--aws <stack>` finds it. Default: true. */
  readonly outputs?: boolean | undefined;
}

export interface ScheduleOptions {
  /** `cron(0 3 * * ? *)`, `rate(1 day)` or `at(2026-12-24T03:00:00)`. */
  readonly expression: string;
  /** Default: UTC. */
  readonly timeZone?: TimeZone | undefined;
  /** Default: every ACTIVE tenant, unless a run is going on (`ifRunning: skip`). */
  readonly request?: RequestKeys | undefined;
}

/** As long as Lambda allows: a longer statement goes on in the server, and is waited for. */
const FUNCTION_TIMEOUT = Duration.minutes(15);

/**
 * Migrates every tenant of a fleet: a state machine that lists, fans out and folds, with all that it
 * needs. Throws where a request among the props is not one (`RequestInvalid`), and where the
 * migrations' folder is empty or a migration cannot be bundled.
 */
export class TenantMigrations extends Construct {
  readonly stateMachine: StateMachine;
  readonly runBucket: IBucket;
  readonly centralSecret: ISecret;
  readonly encryptionKeySecret: ISecret;
  /** Of lister and migrator: what a database's security group has to let in. */
  readonly securityGroups: readonly ISecurityGroup[];
  readonly vpc: IVpc;
  /** SHA-256 over the migrations' ids and checksums. */
  readonly bundleHash: string;
  /** ProvisionTenant; undefined without `provisioning`. */
  readonly provisioning: TenantProvisioning | undefined;
  private readonly granted: GrantedResources;

  constructor(scope: Construct, id: string, props: TenantMigrationsProps) {
    super(scope, id);
    const prefix = prefixOf(this, props.prefix);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const bundles = bundleLambdas({
      migrationsFolder: props.migrationsFolder,
      project: props.project,
      environment: props.environment,
      allowDuplicateTimestamps: props.allowDuplicateTimestamps,
      certificatesFile: props.certificatesFile,
    });
    const tableName = props.tableName ?? bundles.config.tableName;
    // Where Lambda unpacks a function.
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
    const logs: LogGroupSettings = {
      encryptionKey: keys.dataKey,
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy,
    };
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
    const runData: RunData = { bucket: bucket as IBucket, key: keys.dataKey };
    const name = `${prefix}-tenant-migrations`;
    const functions = new MigrationFunctions(this, 'Functions', {
      prefix,
      bundles,
      network,
      runData,
      logs,
      centralSecret: secrets.central,
      encryptionKeySecret: secrets.encryptionKey,
      stateMachineArn: stateMachineArn(this, name),
      timeout: FUNCTION_TIMEOUT,
      requestDefaults: requestText(
        'requestDefaults',
        withDefaults(bundles.config.requestDefaults, props.requestDefaults),
      ),
      tls: props.tls,
      certificates,
      tableName,
      maxHoursPerTenant: props.maxHoursPerTenant,
      migratorConcurrency: props.migratorConcurrency,
    });
    const { machine, logGroup } = new MigrationsStateMachine(this, 'Machine', {
      name,
      functions,
      runData,
      logs,
      timeout: props.runTimeout ?? Duration.days(7),
      functionTimeout: FUNCTION_TIMEOUT,
    });
    this.provisioning =
      props.provisioning &&
      new TenantProvisioning(this, 'Provisioning', {
        ...props.provisioning,
        prefix,
        asset: bundles.assets['provision-tenant'],
        // It reaches what the migrator reaches: databases and Secrets Manager.
        network: network.migrator,
        centralSecret: secrets.central,
        encryptionKeySecret: secrets.encryptionKey,
        dataKey: keys.dataKey,
        logs,
        functionTimeout: FUNCTION_TIMEOUT,
        tls: props.tls,
        certificates,
        tableName,
      });
    const schedule =
      props.schedule && this.addSchedule(props.schedule, prefix, machine, keys, removalPolicy);
    new MigrationsAlarms(this, 'Alarms', {
      prefix,
      machine,
      functions,
      provisioning: this.provisioning?.machine,
      deadLetters: schedule?.deadLetters,
      topic: props.alarmsTopic,
      runbook: props.runbook ?? 'docs/runbook.md',
    });
    if (props.onDeploy !== undefined) {
      const { request, ...options } = props.onDeploy;
      new OnDeploy(this, 'OnDeploy', {
        ...options,
        prefix,
        logs,
        asset: bundles.assets['on-deploy'],
        bundleHash: bundles.bundleHash,
        // Made from its name, as a right on its executions needs it.
        stateMachineArn: stateMachineArn(this, name),
        stateMachineKey: keys.dataKey,
        request: requestText('onDeploy.request', request) ?? '{}',
        // Also the schedule and the alarms: a deployment that fails for them has started nothing.
        after: this.node.children,
      });
    }

    this.stateMachine = machine;
    this.runBucket = runData.bucket;
    this.centralSecret = secrets.central;
    this.encryptionKeySecret = secrets.encryptionKey;
    this.vpc = network.vpc;
    this.securityGroups = [
      ...new Set([...network.lister.securityGroups, ...network.migrator.securityGroups]),
    ];
    this.bundleHash = bundles.bundleHash;
    this.granted = {
      scope: this,
      stateMachineArn: machine.stateMachineArn,
      stateMachineName: name,
      settleRun: functions.settleRun.lambda as IFunction,
      runData,
      logGroups: [...functions.logGroups, logGroup as ILogGroup],
    };
    if (props.outputs ?? true) {
      new StackOutputs(this, 'Outputs', {
        stateMachineArn: machine.stateMachineArn,
        runBucketName: bucket.bucketName,
        centralSecretArn: secrets.central.secretArn,
        keySecretArn: secrets.encryptionKey.secretArn,
        bundleHash: bundles.bundleHash,
        settleFunctionName: functions.settleRun.lambda.functionName,
        provisionMachineArn: this.provisioning?.machine.stateMachineArn,
      });
    }
  }

  /** Lets see runs, and provisioning: executions with their data and progress, reports, logs. */
  grantView(grantee: IGrantable): void {
    grantView(grantee, this.granted);
    this.provisioning?.grantView(grantee);
  }

  /** Lets start runs, as a pipeline does, and see what becomes of them. */
  grantStart(grantee: IGrantable): void {
    grantStart(grantee, this.granted);
  }

  /**
   * Lets do all that an operator does: see, start, redrive, stop and throttle runs; see, redrive and
   * stop provisioning.
   */
  grantOperate(grantee: IGrantable): void {
    grantOperate(grantee, this.granted);
    this.provisioning?.grantView(grantee);
    this.provisioning?.grantOperate(grantee);
  }

  /**
   * Lets provision tenants, as the service does at which customers sign up. Throws without
   * `provisioning` among the props.
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

  /** Lets change the key of the passwords, with `secrets:rotate --aws`: who may, can open them all. */
  grantRotateKeys(grantee: IGrantable): void {
    grantRotateKeys(grantee, {
      scope: this,
      stateMachineArn: this.granted.stateMachineArn,
      centralSecret: this.centralSecret,
      encryptionKeySecret: this.encryptionKeySecret,
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

/** The longest name is made of it and `-tenant-migrations`; Lambda allows 64 characters. */
const PREFIX = /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/;

function prefixOf(construct: Construct, given: string | undefined): string {
  const prefix = given ?? Stack.of(construct).stackName;
  if (!Token.isUnresolved(prefix) && PREFIX.test(prefix)) return prefix;
  const shown = Token.isUnresolved(prefix) ? 'known at deployment only' : JSON.stringify(prefix);
  throw new Error(
    `The names of ${construct.node.path} begin with the stack's name, which is ${shown}; it must be 1 to 40 letters, digits and hyphens. Give "prefix" another beginning.`,
  );
}

/** A request as text; throws `RequestInvalid` and says where in the props it stands. */
function requestText(where: string, request: RequestKeys | undefined): string | undefined {
  if (request === undefined) return undefined;
  if (request.command === 'rollback') {
    throw new Error(
      `In "${where}": "command" is "rollback"; what starts by itself must be "migrate" or "plan". A rollback is started by hand.`,
    );
  }
  // It would inherit that run's request each time, a rollback included, and fail once nothing is left.
  if (request.retryOf !== undefined) {
    throw new Error(
      `In "${where}": "retryOf" is ${JSON.stringify(request.retryOf)}; what starts by itself, again and again, cannot be about one earlier run. A retry is started by hand.`,
    );
  }
  try {
    parseRunRequest(request);
  } catch (error) {
    if (error instanceof Error) error.message = `In "${where}": ${error.message}`;
    throw error;
  }
  return JSON.stringify(request);
}

const TOLERANCES = ['toleratedFailureCount', 'toleratedFailurePercentage'];

/** The configuration's defaults with those of the construct over them; the two limits of failures are one. */
function withDefaults(
  configured: RequestKeys,
  given: RequestKeys | undefined,
): RequestKeys | undefined {
  const hasLimit = TOLERANCES.some((key) => given?.[key] !== undefined);
  const kept = Object.entries(configured).filter(([key]) => !hasLimit || !TOLERANCES.includes(key));
  const all = { ...Object.fromEntries(kept), ...given };
  return Object.keys(all).length === 0 ? undefined : all;
}
