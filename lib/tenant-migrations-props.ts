import type { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import type { IPeer, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { CentralDatabaseAddress } from './central-database.ts';
import type { FunctionMemory } from './function-memory.ts';
import type { IamLogins } from './iam-logins.ts';
import type { LoginSecret } from './login-secrets-text.ts';
import type { OnDeployOptions } from './on-deploy.ts';
import type { OnlineTaskOptions } from './online-task.ts';
import type { ProvisioningOptions } from './tenant-provisioning.ts';

/** A request as an execution's input has it; every key may be left out. */
export type RequestKeys = Readonly<Record<string, unknown>>;

export interface TenantMigrationsProps {
  /**
   * Folder of the tenant migrations, which are bundled with the functions. Default: that of the project's
   * configuration, or `migrations/tenant`.
   */
  readonly migrationsFolder?: string | undefined;
  /**
   * Folder of the project, in or above which `fanfold.config.ts` is looked for: its settings apply
   * for the functions, if no property says otherwise. Default: that of the migrations if they are named,
   * else the working directory.
   */
  readonly project?: string | undefined;
  /** Environment of the configuration. Default: `FANFOLD_ENV`. */
  readonly environment?: string | undefined;
  /**
   * File of `migrate:rehearse --evidence`, which is deployed with the functions: a run ends before its first tenant if a
   * shape was not rehearsed. Default: `safety.requireRehearsal` of the project's configuration, else none.
   */
  readonly requireRehearsal?: string | undefined;
  /**
   * Login of the central database as AWS writes it: `username`, `password`, `host`, `port`, `dbname`, or
   * `username` and `password` alone as RDS manages them, with `centralDatabase`. `"auth":"iam"` instead of the
   * password for a login by IAM. Default: a secret is made, to be filled in before the first run.
   */
  readonly centralSecret?: ISecret | undefined;
  /**
   * The parts of the central database's address that its secret lacks. RDS's own secrets have no address, and those
   * of the CDK have a database only if the instance was made with one.
   */
  readonly centralDatabase?: CentralDatabaseAddress | undefined;
  /** The database users that log in by IAM, as which the functions may then log in. Default: none. */
  readonly iamLogins?: IamLogins | undefined;
  /**
   * Login of the central database that may only read, for the functions that only look tenants up there
   * (`migrate:status`, `migrate:doctor` and `migrate:resolve` with `--aws`). Default: `centralSecret`.
   */
  readonly centralReadSecret?: ISecret | undefined;
  /**
   * The key of the tenants' passwords, 32 characters or a key ring. Default: one is generated, under
   * a KMS key of its own. Both stay when the stack goes: losing either loses all passwords.
   */
  readonly encryptionKeySecret?: ISecret | undefined;

  /**
   * Secrets with logins that may read the definitions of all databases of a server and change none, for a stack that
   * requires a rehearsal: one connection then reads many tenants. The migrator reads them, in whose process migrations run. Default: those of
   * "shapes.hosts" that log in by IAM; other servers are read with each tenant's own login.
   */
  readonly shapeSecrets?: readonly LoginSecret[] | undefined;

  /**
   * Secrets with the logins that ask replicas how late they are, if the configuration names `replicas` without `"auth": "iam"`.
   * Each server, source and replica, has a login in them, or `"*"` one for all. The migrator reads them, in whose
   * process migrations run. Default: replicas cannot be read, and backfills of their sources run slowly.
   */
  readonly replicaSecrets?: readonly LoginSecret[] | undefined;

  /**
   * The VPC of lister and migrator. Default: a VPC of isolated subnets is made, to be peered with that of
   * the databases.
   */
  readonly vpc?: IVpc | undefined;
  /** Default: the VPC's private subnets. */
  readonly subnets?: SubnetSelection | undefined;
  /**
   * Security groups of lister and migrator, which are not changed. Default: two are made, which allow traffic
   * to databases, Secrets Manager and, for the lister, S3.
   */
  readonly securityGroups?: readonly ISecurityGroup[] | undefined;
  /**
   * Whether a gateway endpoint of S3 and an interface endpoint of Secrets Manager are made. Default:
   * only in a VPC that is made here.
   */
  readonly endpoints?: boolean | undefined;
  /** Ports of the database servers. Default: 3306. */
  readonly databasePorts?: readonly number[] | undefined;
  /** Addresses of the database servers. Default: every range of the VPC. */
  readonly databasePeers?: readonly IPeer[] | undefined;
  /**
   * Peer at which Secrets Manager answers in a given VPC, such as an endpoint's security group. Default: any
   * address, so that a NAT gateway and any endpoint work.
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
  /** Runs on a schedule. Default: none. */
  readonly schedule?: ScheduleOptions | undefined;
  /** Runs that deployments with changed migrations start. Default: none. `start` is recommended. */
  readonly onDeploy?:
    | (OnDeployOptions & { readonly request?: RequestKeys | undefined })
    | undefined;
  /** Makes a second state machine, which provisions new tenants. Default: it is not made. */
  readonly provisioning?: ProvisioningOptions | undefined;
  /**
   * Makes a task of Fargate for huge tables, which people or runs start: docs/how-to/huge-tables.md. Needs `vpc`. Default: it is not
   * made.
   */
  readonly onlineTask?: OnlineTaskOptions | undefined;
  /** Recipients of alarms. Default: alarms are visible in CloudWatch only. */
  readonly alarmsTopic?: ITopic | undefined;
  /**
   * The event bus that gets an event at each change of a run's standing (docs/reference/events.md). Default:
   * that of the account.
   */
  readonly eventBus?: IEventBus | undefined;
  /**
   * The topic that gets the same in words, with the attribute `change` for filters of subscriptions. Default:
   * none.
   */
  readonly notifyTopic?: ITopic | undefined;
  /**
   * Form of the messages on `notifyTopic`: `text` for people and webhooks, `amazon-q` for a channel of
   * Amazon Q Developer in chat applications. Default: `text`.
   */
  readonly notifyFormat?: 'text' | 'amazon-q' | undefined;
  /** Whether CloudWatch gets a dashboard that shows how a rollout is going. Default: true. */
  readonly dashboard?: boolean | undefined;
  /** Address of docs/how-to/runbook.md, for the alarms. Default: `docs/how-to/runbook.md`. */
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
  /** Memory of the functions, in MB. Default: 512 for the migrator, 1,769 for the others. */
  readonly memory?: FunctionMemory | undefined;
  /** Processors of the functions. Default: ARM_64. */
  readonly architecture?: Architecture | undefined;
  /**
   * Time limit of the functions that list, migrate, fold and provision, 2 to 15 minutes. A statement
   * that takes longer continues in the server, and the next invocation waits for it. Default: 15 minutes.
   */
  readonly functionTimeout?: Duration | undefined;
  /** Permissions boundary of every role that is made here. Default: none. */
  readonly permissionsBoundary?: IManagedPolicy | undefined;

  /** Default: 3 months. */
  readonly logRetention?: RetentionDays | undefined;
  /** Takes S3's log of the requests to the run bucket. Default: none. */
  readonly runBucketAccessLogs?: IBucket | undefined;
  /**
   * Removal policy of runs, logs and their key when the stack is deleted. Secrets and their key stay in any
   * case. Default: RETAIN.
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
  /**
   * Begins all names: 1 to 40 letters, digits and hyphens. Default: the stack's name. Two constructs
   * in one stack need one each.
   */
  readonly prefix?: string | undefined;
  /**
   * Whether the stack gets the outputs by which `--aws <stack>` finds the construct, or
   * `--aws <stack>/<prefix>` if there are several. Default: true.
   */
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
