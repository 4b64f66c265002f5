import { resolve } from 'node:path';
import { Duration, type Environment, RemovalPolicy, Stack, TimeZone } from 'aws-cdk-lib';
import {
  type IPeer,
  type ISecurityGroup,
  type ISubnet,
  type IVpc,
  Peer,
  SecurityGroup,
  Subnet,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Config } from './config-schema.ts';
import type { LoginSecret } from './login-secrets-text.ts';
import { TenantMigrations, type TenantMigrationsProps } from './tenant-migrations.ts';

export interface TenantMigrationsStackProps {
  readonly config: Config;
  /** Default: none, so that the same template goes to any account and region. */
  readonly env?: Environment | undefined;
}

const ARCHITECTURES = { arm64: Architecture.ARM_64, x86_64: Architecture.X86_64 } as const;

/** A stack of one fleet, made from the configuration. */
export class TenantMigrationsStack extends Stack {
  readonly migrations: TenantMigrations;

  constructor(scope: Construct, id: string, { config, env }: TenantMigrationsStackProps) {
    super(scope, id, {
      stackName: config.stackName,
      description: 'Fanfold: migrates the databases of all tenants',
      ...(env === undefined ? {} : { env }),
    });
    this.migrations = new TenantMigrations(this, 'Migrations', {
      ...this.network(config),
      migrationsFolder: config.migrationsFolder && resolve(config.migrationsFolder),
      project: config.project && resolve(config.project),
      environment: config.environment,
      allowDuplicateTimestamps: config.allowDuplicateTimestamps,
      requireRehearsal: config.requireRehearsal && resolve(config.requireRehearsal),
      certificatesFile: config.certificatesFile && resolve(config.certificatesFile),
      centralSecret: this.secret('Central', config.centralSecretArn, config.centralSecretKeyArn),
      centralDatabase: config.centralDatabase,
      iamLogins: config.iamLogins,
      centralReadSecret: this.secret(
        'CentralReadSecret',
        config.centralReadSecretArn,
        config.centralReadSecretKeyArn,
      ),
      encryptionKeySecret: this.secret(
        'EncryptionKey',
        config.encryptionKeySecretArn,
        config.encryptionKeySecretKeyArn,
      ),
      shapeSecrets: config.shapeSecrets && this.loginSecrets('Shapes', config.shapeSecrets),
      replicaSecrets: config.replicaSecrets && this.loginSecrets('Replicas', config.replicaSecrets),
      requestDefaults: config.requestDefaults,
      schedule: config.schedule && {
        ...config.schedule,
        timeZone: TimeZone.of(config.schedule.timeZone),
      },
      onDeploy: config.onDeploy && {
        mode: config.onDeploy.mode,
        runOnCreate: config.onDeploy.runOnCreate,
        timeout: Duration.minutes(config.onDeploy.timeoutMinutes),
        request: config.onDeploy.request,
      },
      provisioning: config.provisioning && {
        ...config.provisioning,
        adminSecrets: this.loginSecrets('Admin', config.provisioning.adminSecrets),
      },
      alarmsTopic:
        config.alarmsTopicArn === undefined
          ? undefined
          : Topic.fromTopicArn(this, 'AlarmsTopic', config.alarmsTopicArn),
      eventBus:
        config.eventBusArn === undefined
          ? undefined
          : EventBus.fromEventBusArn(this, 'NotifyBus', config.eventBusArn),
      notifyTopic: this.notifyTopic(config.notifyTopicArn, config.notifyTopicKeyArn),
      notifyFormat: config.notifyFormat,
      dashboard: config.dashboard,
      runbook: config.runbook,
      tls: config.tls,
      tableName: config.tableName,
      memory: config.memory,
      architecture: config.architecture && ARCHITECTURES[config.architecture],
      functionTimeout:
        config.functionTimeoutMinutes === undefined
          ? undefined
          : Duration.minutes(config.functionTimeoutMinutes),
      permissionsBoundary:
        config.permissionsBoundaryArn === undefined
          ? undefined
          : ManagedPolicy.fromManagedPolicyArn(
              this,
              'PermissionsBoundary',
              config.permissionsBoundaryArn,
            ),
      logRetention: config.logRetentionDays,
      runBucketAccessLogs:
        config.runBucketAccessLogsBucket === undefined
          ? undefined
          : Bucket.fromBucketName(this, 'AccessLogs', config.runBucketAccessLogsBucket),
      maxHoursPerTenant: config.maxHoursPerTenant,
      runTimeout: Duration.hours(config.runTimeoutHours),
      migratorConcurrency: config.migratorConcurrency,
      keepRuns: Duration.days(config.keepRunsDays),
      removalPolicy:
        config.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
  }

  private loginSecrets(id: string, secrets: NonNullable<Config['shapeSecrets']>): LoginSecret[] {
    return secrets.map(({ arn, keyArn, server }, index) => ({
      secret: this.secret(`${id}${index + 1}`, arn, keyArn),
      server,
    }));
  }

  private secret(id: string, secretArn: string, keyArn: string | undefined): ISecret;
  private secret(
    id: string,
    secretArn: string | undefined,
    keyArn: string | undefined,
  ): ISecret | undefined;
  private secret(
    id: string,
    secretArn: string | undefined,
    keyArn: string | undefined,
  ): ISecret | undefined {
    if (secretArn === undefined) return undefined;
    return Secret.fromSecretAttributes(this, id, {
      // The ARN of a secret ends in a hyphen and six characters, but people may leave them out.
      ...(/-[A-Za-z0-9]{6}$/.test(secretArn)
        ? { secretCompleteArn: secretArn }
        : { secretPartialArn: secretArn }),
      ...(keyArn === undefined ? {} : { encryptionKey: Key.fromKeyArn(this, `${id}Key`, keyArn) }),
    });
  }

  private notifyTopic(
    topicArn: string | undefined,
    keyArn: string | undefined,
  ): ITopic | undefined {
    if (topicArn === undefined) return undefined;
    return Topic.fromTopicAttributes(this, 'NotifyTopic', {
      topicArn,
      ...(keyArn !== undefined && { keyArn }),
    });
  }

  private network(
    config: Config,
  ): Pick<
    TenantMigrationsProps,
    | 'vpc'
    | 'subnets'
    | 'securityGroups'
    | 'endpoints'
    | 'databasePorts'
    | 'databasePeers'
    | 'secretsManagerPeer'
    | 's3PrefixListId'
  > {
    const { databasePorts, databaseCidrs, s3PrefixListId } = config;
    const databases = {
      databasePorts,
      databasePeers: databaseCidrs?.map((cidr): IPeer => Peer.ipv4(cidr)),
      s3PrefixListId,
    };
    if (config.vpc === undefined) return databases;
    const { id, subnets, securityGroupIds, endpoints } = config.vpc;
    const ranges = [config.vpc.cidr ?? []].flat();
    const group = (groupId: string): ISecurityGroup =>
      SecurityGroup.fromSecurityGroupId(this, groupId, groupId);
    const rest = {
      ...databases,
      // An imported VPC has one range only.
      databasePeers:
        databases.databasePeers ??
        (ranges.length > 1 ? ranges.map((range): IPeer => Peer.ipv4(range)) : undefined),
      endpoints,
      securityGroups: securityGroupIds?.map(group),
      secretsManagerPeer: secretsManagerPeer(config.vpc, group),
    };
    const [cidr] = ranges;
    if (subnets === undefined || cidr === undefined) {
      return { ...rest, vpc: Vpc.fromLookup(this, 'Vpc', { vpcId: id }) };
    }
    const vpc: IVpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: id,
      vpcCidrBlock: cidr,
      availabilityZones: [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))],
    });
    const given = subnets.map(({ id: subnetId, availabilityZone, routeTableId }): ISubnet => {
      const subnet = Subnet.fromSubnetAttributes(this, subnetId, {
        subnetId,
        availabilityZone,
        ...(routeTableId === undefined ? {} : { routeTableId }),
      });
      acknowledge(subnet, {
        '@aws-cdk/aws-ec2:noSubnetRouteTableId':
          'Only a gateway endpoint needs it, and asks for it.',
      });
      return subnet;
    });
    return { ...rest, vpc, subnets: { subnets: given } };
  }
}

function secretsManagerPeer(
  { secretsManagerSecurityGroupId, secretsManagerCidr }: NonNullable<Config['vpc']>,
  group: (id: string) => ISecurityGroup,
): IPeer | undefined {
  if (secretsManagerSecurityGroupId !== undefined) return group(secretsManagerSecurityGroupId);
  return secretsManagerCidr === undefined ? undefined : Peer.ipv4(secretsManagerCidr);
}
