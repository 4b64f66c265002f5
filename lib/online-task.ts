import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  type ContainerImage,
  ContainerInsights,
  type CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  Secret,
} from 'aws-cdk-lib/aws-ecs';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../src/core/wire/environment.ts';
import { acknowledge } from './acknowledge.ts';
import { allow } from './allow.ts';
import type { OnlineTaskTargets } from './definition/state-machine-targets.ts';
import { deliveredLogGroup, type LogGroupSettings } from './encrypted-log-group.ts';
import type { FunctionNetwork } from './migration-function.ts';

/** A task for changes that take longer than a function lives (`safety.onlineChange: "external"`). */
export interface OnlineTaskOptions {
  /** An image of the command line with the same migrations, and with Spirit or gh-ost in `PATH`: docs/how-to/huge-tables.md. */
  readonly image: ContainerImage;
  /** The text of `CENTRAL_DATABASE_URL`. */
  readonly centralUrlSecret: ISecret;
  /** The text of `FANFOLD_ADMIN_URL`: the login of a server with the rights of docs/how-to/rights.md. */
  readonly adminUrlSecret: ISecret;
  /** The processors that the image was built for. Default: those that Fargate chooses, x86-64. */
  readonly cpuArchitecture?: CpuArchitecture | undefined;
  /** 1,024 units are one processor. Default: 1,024. */
  readonly cpu?: number | undefined;
  /** Default: 2,048. */
  readonly memoryMiB?: number | undefined;
  /**
   * `automatic`: a run starts the task for each tenant that needs it, and resumes that tenant when it has ended. Default:
   * `manual`, people start it.
   */
  readonly start?: 'manual' | 'automatic' | undefined;
}

export interface OnlineTaskProps extends OnlineTaskOptions {
  readonly prefix: string;
  readonly encryptionKeySecret: ISecret;
  /** The network of the migrator, which databases let in already. */
  readonly network: FunctionNetwork;
  /** Whether the VPC is made by the construct: it has no way to a registry of images then. */
  readonly isIsolated: boolean;
  readonly tls: string | undefined;
  readonly tableName: string | undefined;
  /** The time that one tenant may take. */
  readonly timeout: Duration;
  readonly logs: LogGroupSettings;
}

const CONTAINER = 'fanfold';

/**
 * A task of Fargate in which a tenant is migrated whose huge table a program changes. People start it, with the output
 * `OnlineInput` for `aws ecs run-task`, or a run does.
 */
export class OnlineTask extends Construct {
  readonly taskDefinition: FargateTaskDefinition;
  /** The parts by which the state machine starts it; absent if only people start it. */
  readonly targets: OnlineTaskTargets | undefined;
  /** Name of the group in which it logs. */
  readonly logGroupName: string;
  private readonly cluster: Cluster;

  constructor(scope: Construct, id: string, props: OnlineTaskProps) {
    super(scope, id);
    const { vpc, subnets, securityGroups } = props.network;
    if (props.isIsolated) {
      throw new Error(
        '"onlineTask" needs a "vpc" of yours: the one that is made here reaches databases, Secrets Manager and S3 only, so that no image can be fetched.',
      );
    }
    this.cluster = new Cluster(this, 'Cluster', {
      vpc,
      clusterName: `${props.prefix}-online`,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    // The groups of the migrator let out to databases and to Secrets Manager only.
    const outbound = new SecurityGroup(this, 'Outbound', {
      vpc,
      description: `${props.prefix}: fetches the image, sends logs`,
      allowAllOutbound: false,
    });
    outbound.connections.allowToAnyIpv4(Port.tcp(443), 'images, logs, secrets');
    const family = `${props.prefix}-online`;
    this.taskDefinition = new FargateTaskDefinition(this, 'Task', {
      family,
      cpu: props.cpu ?? 1_024,
      memoryLimitMiB: props.memoryMiB ?? 2_048,
      runtimePlatform: {
        operatingSystemFamily: OperatingSystemFamily.LINUX,
        ...(props.cpuArchitecture !== undefined && { cpuArchitecture: props.cpuArchitecture }),
      },
      volumes: [{ name: 'runs' }, { name: 'tmp' }],
    });
    const logGroup = deliveredLogGroup(this, `${props.prefix}-online`, props.logs);
    this.logGroupName = logGroup.logGroupName;
    const container = this.taskDefinition.addContainer(CONTAINER, {
      image: props.image,
      // Without a tenant it only prints what it takes.
      command: ['migrate:tenant', '--help'],
      environment: {
        ...(props.tls !== undefined && { [ENVIRONMENT.tls]: props.tls }),
        ...(props.tableName !== undefined && { [ENVIRONMENT.tableName]: props.tableName }),
      },
      secrets: {
        CENTRAL_DATABASE_URL: Secret.fromSecretsManager(props.centralUrlSecret),
        FANFOLD_ADMIN_URL: Secret.fromSecretsManager(props.adminUrlSecret),
        DB_ENCRYPTION_KEY: Secret.fromSecretsManager(props.encryptionKeySecret),
      },
      logging: LogDrivers.awsLogs({
        streamPrefix: CONTAINER,
        logGroup,
      }),
      readonlyRootFilesystem: true,
      // The longest that Fargate allows, in which the program ends where the next attempt resumes.
      stopTimeout: Duration.seconds(120),
    });
    acknowledge(this, {
      'AwsSolutions-ECS2':
        'Settings that are not secret; secrets are read from Secrets Manager at start.',
    });
    const subnetIds = vpc.selectSubnets(subnets).subnetIds;
    const securityGroupIds = [...securityGroups, outbound].map((each) => each.securityGroupId);
    this.targets =
      props.start === 'automatic'
        ? {
            ...{ family, container: CONTAINER, subnetIds, securityGroupIds },
            clusterArn: this.cluster.clusterArn,
            timeoutSeconds: props.timeout.toSeconds(),
          }
        : undefined;
    new CfnOutput(this, 'Input', {
      value: Stack.of(this).toJsonString({
        cluster: this.cluster.clusterName,
        taskDefinition: this.taskDefinition.taskDefinitionArn,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: subnetIds,
            securityGroups: securityGroupIds,
            assignPublicIp: 'DISABLED',
          },
        },
      }),
    });
    container.addMountPoints(
      { sourceVolume: 'runs', containerPath: '/app/.fanfold', readOnly: false },
      // Settings of the program: those of Spirit have its login, until it has read them.
      { sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false },
    );
  }

  /** Lets a state machine run the task, follow it and stop it, and pass it its two roles. */
  allowStart(role: IGrantable): void {
    const stack = Stack.of(this);
    const { clusterArn, clusterName } = this.cluster;
    allow(role, {
      actions: ['ecs:RunTask'],
      resources: [
        stack.formatArn({
          service: 'ecs',
          resource: 'task-definition',
          resourceName: `${this.taskDefinition.family}:*`,
        }),
      ],
      conditions: { ArnEquals: { 'ecs:cluster': clusterArn } },
      wildcard: 'A later revision has to reach a run that is redriven.',
    });
    allow(role, {
      actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
      resources: [
        stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${clusterName}/*` }),
      ],
      wildcard: 'Tasks get their ids when they start.',
    });
    const { taskRole } = this.taskDefinition;
    allow(role, {
      actions: ['iam:PassRole'],
      resources: [taskRole.roleArn, this.taskDefinition.obtainExecutionRole().roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
    // The rule by which Step Functions learns that a task has stopped; its name is given.
    allow(role, {
      actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      resources: [
        stack.formatArn({
          service: 'events',
          resource: 'rule',
          resourceName: 'StepFunctionsGetEventsForECSTaskRule',
        }),
      ],
    });
  }
}
