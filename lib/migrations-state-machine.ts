import { ArnFormat, Aws, type Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { PROBE_LABEL } from '../src/core/wire/probe-label.ts';
import { SHAPES_LABEL } from '../src/core/wire/shapes-label.ts';
import { allow } from './allow.ts';
import { MAP_LABEL } from './definition/map-label.ts';
import { stateMachineDefinition } from './definition/state-machine-definition.ts';
import { deliveredLogGroup, type LogGroupSettings } from './encrypted-log-group.ts';
import { encryptedStateMachine } from './encrypted-state-machine.ts';
import type { MigrationFunctions } from './migration-functions.ts';
import type { OnlineTask } from './online-task.ts';
import { allowRunData, type RunData } from './run-data-access.ts';

export interface MigrationsStateMachineProps {
  /** Not generated, since the key's policy and the functions' rights name the machine. */
  readonly name: string;
  readonly functions: MigrationFunctions;
  readonly runData: RunData;
  /** The function that keeps the pool of databases for new tenants; undefined without a pool. */
  readonly provisionTenant?: IFunction | undefined;
  readonly timeout: Duration;
  readonly functionTimeout: Duration;
  readonly logs: LogGroupSettings;
  /** The task that runs start for huge tables. */
  readonly onlineTask?: OnlineTask | undefined;
}

/** The state machine, and the role in which it invokes functions and runs its Map. */
export class MigrationsStateMachine extends Construct {
  readonly machine: StateMachine;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: MigrationsStateMachineProps) {
    super(scope, id);
    const { functions, runData } = props;
    const arn = stateMachineArn(this, props.name);
    const role = new Role(this, 'Role', {
      description: `What the state machine ${props.name} may do`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          // A Map Run assumes the role under an ARN that is not the machine's, for which AWS documents
          // this pattern ("Prevent cross-service confused deputy issues").
          ArnLike: { 'aws:SourceArn': stateMachineArn(this, '*') },
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        },
      }),
    });
    const invoked = [
      functions.listTenants,
      functions.migrateTenant,
      functions.reduceOutcomes,
      functions.settleRun,
      functions.watchDigests,
    ].map(({ lambda }) => lambda.functionArn);
    const poolKeeper = props.provisionTenant?.functionArn;
    if (poolKeeper !== undefined) invoked.push(poolKeeper);
    allow(role, { actions: ['lambda:InvokeFunction'], resources: invoked });
    allowMap(role, arn, props.name);
    allowRunData(role, runData, { read: ['items', 'runs'], write: ['runs'] });
    // The library's statement covers the machine; the data of children has their labelled ARN as its context.
    allow(role, {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [runData.key.keyArn],
      conditions: {
        StringEquals: {
          'kms:EncryptionContext:aws:states:stateMachineArn': [
            MAP_LABEL,
            PROBE_LABEL,
            SHAPES_LABEL,
          ].map((label) => `${arn}/${label}`),
        },
      },
    });
    if (props.onlineTask?.targets !== undefined) props.onlineTask.allowStart(role);
    const definition = stateMachineDefinition({
      partition: Aws.PARTITION,
      listTenantsArn: functions.listTenants.lambda.functionArn,
      migrateTenantArn: functions.migrateTenant.lambda.functionArn,
      reduceOutcomesArn: functions.reduceOutcomes.lambda.functionArn,
      settleRunArn: functions.settleRun.lambda.functionArn,
      watchDigestsArn: functions.watchDigests.lambda.functionArn,
      provisionTenantArn: poolKeeper,
      runBucketName: runData.bucket.bucketName,
      timeoutSeconds: props.timeout.toSeconds(),
      functionTimeoutSeconds: props.functionTimeout.toSeconds(),
      onlineTask: props.onlineTask?.targets,
    });
    this.logGroup = deliveredLogGroup(this, props.name, props.logs);
    this.machine = encryptedStateMachine(this, {
      name: props.name,
      definition,
      role,
      key: runData.key,
      logGroup: this.logGroup,
    });
  }
}

/** ARN of a state machine of this stack, made from its name before the machine exists. */
export function stateMachineArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** A Distributed Map starts, watches, stops and redrives its children as executions of its machine. */
function allowMap(role: Role, arn: string, name: string): void {
  const stack = Stack.of(role);
  const executions = (of: string) =>
    stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${of}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  const children = executions(`${name}/${MAP_LABEL}`);
  const wildcard = 'Executions get their names when they start.';
  allow(role, { actions: ['states:StartExecution'], resources: [arn] });
  allow(role, {
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    // AWS documents the first of them for a Distributed Map.
    resources: [executions(name), children],
    wildcard,
  });
  allow(role, { actions: ['states:RedriveExecution'], resources: [children], wildcard });
}
