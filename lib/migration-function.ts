import { type Duration, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { allow } from './allow.ts';
import { functionLogGroup, type LogGroupSettings } from './encrypted-log-group.ts';

export interface MigrationFunctionProps {
  /** Stays the same over deployments: a run that is redriven finds the corrected function. */
  readonly name: string;
  readonly description: string;
  /** Folder with the bundle. */
  readonly asset: string;
  /** Default: `index.handler`. */
  readonly handler?: string | undefined;
  /** In MB; 1,769 are one whole processor. */
  readonly memory: number;
  readonly timeout: Duration;
  /** Default: ARM_64. */
  readonly architecture?: Architecture | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly logs: LogGroupSettings;
  /** Default: outside of any VPC. */
  readonly network?: FunctionNetwork | undefined;
  /** Invocations at a time that are kept for this function, and its limit. Default: none. */
  readonly reservedConcurrency?: number | undefined;
}

export interface FunctionNetwork {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly securityGroups: readonly ISecurityGroup[];
}

/** A Lambda function with a separate role, which at first may only write its log. */
export class MigrationFunction extends Construct {
  readonly lambda: Lambda;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: MigrationFunctionProps) {
    super(scope, id);
    refuseWrongMemory(props);
    this.logGroup = functionLogGroup(this, props.name, props.logs);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${props.name} may do`,
    });
    allow(this.role, {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
    if (props.network !== undefined) this.allowInterfaces(props.name);
    this.lambda = new Lambda(this, 'Function', {
      functionName: props.name,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: props.architecture ?? Architecture.ARM_64,
      code: Code.fromAsset(props.asset),
      handler: props.handler ?? 'index.handler',
      memorySize: props.memory,
      timeout: props.timeout,
      environment: { ...props.environment },
      logGroup: this.logGroup,
      role: this.role,
      ...(props.network === undefined
        ? {}
        : {
            vpc: props.network.vpc,
            vpcSubnets: props.network.subnets,
            securityGroups: [...props.network.securityGroups],
          }),
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    acknowledge(this, {
      'Serverless-LambdaTracing':
        'The state machine shows each invocation with its duration; a trace for each tenant would add nothing.',
      'Serverless-LambdaDLQ': 'Invoked by a caller that waits for the result, never by an event.',
      'Serverless-LambdaAsyncFailureDestination':
        'Invoked by a caller that waits for the result, never by an event.',
    });
  }

  /**
   * Lambda itself makes the interfaces, under the function's role and before there is a resource to name.
   * The function's own code may not.
   */
  private allowInterfaces(functionName: string): void {
    const actions = [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ];
    allow(this.role, {
      actions,
      resources: ['*'],
      wildcard:
        'Lambda makes network interfaces in the name of the role and cannot name them before; the code is denied it.',
    });
    const functionArn = Stack.of(this).formatArn({
      service: 'lambda',
      resource: `function:${functionName}`,
    });
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions,
        resources: ['*'],
        conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
      }),
    );
  }
}

function refuseWrongMemory({ name, memory }: MigrationFunctionProps): void {
  if (Number.isInteger(memory) && memory >= 128 && memory <= 10_240) return;
  throw new Error(
    `The memory of ${name} is ${memory} MB; it must be a whole number from 128 to 10,240.`,
  );
}
