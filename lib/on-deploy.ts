import { Aws, CustomResource, Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type Architecture, type IFunction, Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct, type IConstruct } from 'constructs';
import {
  LONGEST_WAIT_MINUTES,
  type ON_DEPLOY_MODES,
  type OnDeployProperties,
} from '../src/core/wire/on-deploy-properties.ts';
import { acknowledge } from './acknowledge.ts';
import { acknowledgeWildcards, allow, findingOf } from './allow.ts';
import { functionLogGroup, type LogGroupSettings } from './encrypted-log-group.ts';
import { executionsOf } from './grants.ts';
import { MigrationFunction } from './migration-function.ts';

/** The way in which a deployment with changed migrations starts a run. */
export interface OnDeployOptions {
  /**
   * `start` (recommended) starts the run and lets the deployment end; an alarm reports failed tenants.
   *
   * `wait` fails the deployment if tenants fail. CloudFormation then restores the functions with the earlier
   * migrations, while migrated tenants stay migrated: only for migrations that the earlier release can work
   * with, and for fleets that finish within the timeout.
   */
  readonly mode: (typeof ON_DEPLOY_MODES)[number];
  /**
   * Whether the stack's first deployment starts a run as well. Default: false. A stack that exists and gets
   * `onDeploy` together with a new migration runs it in any case.
   */
  readonly runOnCreate?: boolean | undefined;
  /** How long `wait` waits, at most 55 minutes; the run continues after that. Default: 55 minutes. */
  readonly timeout?: Duration | undefined;
}

export interface OnDeployProps extends OnDeployOptions {
  readonly prefix: string;
  /** Folder with the bundle of the two handlers. */
  readonly asset: string;
  readonly bundleHash: string;
  /** Output of the stack with the hash; undefined if it has none. */
  readonly bundleHashOutput?: string | undefined;
  /** Architecture of the functions. Default: ARM_64. */
  readonly architecture?: Architecture | undefined;
  readonly stateMachineArn: string;
  /** Key of the state machine. */
  readonly stateMachineKey: IKey;
  /** Input of the executions, as JSON. */
  readonly request: string;
  /** Everything that a run needs before it starts. */
  readonly after: readonly IConstruct[];
  readonly logs: LogGroupSettings;
}

/** Starts a run when the bundle's hash has changed since the last deployment. */
export class OnDeploy extends Construct {
  constructor(scope: Construct, id: string, props: OnDeployProps) {
    super(scope, id);
    const timeout = props.timeout ?? Duration.minutes(LONGEST_WAIT_MINUTES);
    refuseLongWait(timeout);
    const onEvent = this.handler('OnDeploy', 'on-deploy', 'index.onEvent', props);
    allow(onEvent.role, {
      actions: ['states:StartExecution'],
      resources: [props.stateMachineArn],
    });
    // Nothing is started while the stack is rolling back.
    allow(onEvent.role, {
      actions: ['cloudformation:DescribeStacks'],
      resources: [Aws.STACK_ID],
    });
    const isComplete =
      props.mode === 'wait'
        ? this.handler('OnDeployComplete', 'on-deploy-complete', 'index.isComplete', props)
        : undefined;
    if (isComplete !== undefined) allowDescribe(isComplete, props);
    const provider = new Provider(this, 'Provider', {
      onEventHandler: onEvent.lambda as IFunction,
      logGroup: functionLogGroup(this, `${props.prefix}-on-deploy-framework`, props.logs),
      ...(isComplete === undefined
        ? {}
        : {
            isCompleteHandler: isComplete.lambda as IFunction,
            queryInterval: Duration.seconds(15),
            // The handler's own timeout is shorter, because its message has the next step.
            totalTimeout: timeout.plus(Duration.minutes(2)),
          }),
    });
    acknowledgeProvider(provider, [onEvent, ...(isComplete === undefined ? [] : [isComplete])]);
    const properties: OnDeployProperties = {
      stateMachineArn: props.stateMachineArn,
      bundleHash: props.bundleHash,
      ...(props.bundleHashOutput === undefined ? {} : { bundleHashOutput: props.bundleHashOutput }),
      mode: props.mode,
      runOnCreate: props.runOnCreate === true ? 'true' : 'false',
      request: props.request,
      timeoutMinutes: String(timeout.toMinutes({ integral: false })),
    };
    const resource = new CustomResource(this, 'Run', {
      resourceType: 'Custom::TenantMigrationsRun',
      serviceToken: provider.serviceToken,
      properties,
      ...(isComplete === undefined ? {} : { serviceTimeout: timeout.plus(Duration.minutes(3)) }),
    });
    resource.node.addDependency(...props.after);
  }

  private handler(
    id: string,
    name: string,
    handler: string,
    { prefix, asset, architecture, logs }: OnDeployProps,
  ): MigrationFunction {
    return new MigrationFunction(this, id, {
      name: `${prefix}-${name}`,
      description: 'Starts a run when a deployment has other migrations than the one before',
      asset,
      handler,
      memory: 256,
      timeout: Duration.minutes(2),
      architecture,
      environment: {},
      logs,
    });
  }
}

function refuseLongWait(timeout: Duration): void {
  const minutes = timeout.toMinutes({ integral: false });
  if (minutes >= 1 && minutes <= LONGEST_WAIT_MINUTES && Number.isInteger(minutes)) return;
  throw new Error(
    `onDeploy.timeout is ${minutes} minutes; it must be a whole number from 1 to ${LONGEST_WAIT_MINUTES}: CloudFormation gives up on a resource after an hour. Use the mode "start" for a fleet that takes longer.`,
  );
}

function allowDescribe(handler: MigrationFunction, props: OnDeployProps): void {
  allow(handler.role, {
    actions: ['states:DescribeExecution'],
    resources: [executionsOf(props.stateMachineArn)],
    wildcard: 'Executions get their names when they start.',
  });
  // Without this right an execution is described without its error and its cause.
  allow(handler.role, {
    actions: ['kms:Decrypt'],
    resources: [props.stateMachineKey.keyArn],
    conditions: {
      StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': props.stateMachineArn },
    },
  });
}

const LIBRARY = 'Made by the provider framework of aws-cdk-lib, which does not let it be set.';

/** The framework has functions of its own and, for `wait`, a state machine. */
function acknowledgeProvider(provider: Provider, handlers: readonly MigrationFunction[]): void {
  const basic = `arn:${Aws.PARTITION}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`;
  acknowledge(provider, {
    [`AwsSolutions-IAM4[Policy::${findingOf(provider, basic)}]`]: LIBRARY,
    'AwsSolutions-L1': LIBRARY,
    'AwsSolutions-SF1': LIBRARY,
    'AwsSolutions-SF2': LIBRARY,
    'Serverless-LambdaAsyncFailureDestination': LIBRARY,
    'Serverless-LambdaDLQ': LIBRARY,
    'Serverless-LambdaDefaultMemorySize': LIBRARY,
    'Serverless-LambdaLatestVersion': LIBRARY,
    'Serverless-LambdaTracing': LIBRARY,
    'Serverless-StepFunctionStateMachineXray': LIBRARY,
  });
  const invoked = [
    ...handlers.map(({ lambda }) => lambda),
    ...provider.node.findAll().filter((child) => child instanceof Lambda),
  ];
  const versions = invoked.map(({ functionArn }) => `${functionArn}:*`);
  acknowledgeWildcards(provider, versions, LIBRARY);
}
