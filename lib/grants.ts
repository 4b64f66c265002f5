import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { PROBE_LABEL } from '../src/core/wire/probe-label.ts';
import { SHAPES_LABEL } from '../src/core/wire/shapes-label.ts';
import { allow } from './allow.ts';
import { MAP_LABEL } from './definition/map-label.ts';
import { allowRunData, type RunData } from './run-data-access.ts';

/** The resources to which people and pipelines get access. */
export interface GrantedResources {
  readonly scope: Construct;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly settleRun: IFunction;
  readonly runData: RunData;
  readonly logGroups: readonly ILogGroup[];
  /** Undefined without a schedule. */
  readonly deadLetters?: IQueue | undefined;
}

/** Read access to runs: executions with their data, progress, reports and logs. */
export function grantView(grantee: IGrantable, granted: GrantedResources): void {
  const arns = arnsOf(granted);
  allow(grantee, {
    actions: ['states:DescribeStateMachine', 'states:ListExecutions'],
    resources: [granted.stateMachineArn],
  });
  allow(grantee, {
    actions: [
      'states:DescribeExecution',
      'states:DescribeStateMachineForExecution',
      'states:GetExecutionHistory',
      'states:ListMapRuns',
    ],
    resources: [arns.executions, arns.children],
    wildcard: NAMED_LATER,
  });
  allow(grantee, {
    actions: ['states:DescribeMapRun', 'states:ListExecutions'],
    resources: [arns.mapRuns, arns.probes, arns.shapes],
    wildcard: NAMED_LATER,
  });
  allowExecutionData(grantee, granted, [
    granted.stateMachineArn,
    ...[MAP_LABEL, PROBE_LABEL, SHAPES_LABEL].map((label) => `${granted.stateMachineArn}/${label}`),
  ]);
  allow(grantee, {
    actions: ['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents'],
    resources: granted.logGroups.map(({ logGroupArn }) => logGroupArn),
  });
  allowRunData(grantee, granted.runData, { read: ['runs'], list: ['runs'] });
  allowStack(grantee, granted.scope);
}

/** The right to start runs, and to read how an execution ended. */
export function grantStart(grantee: IGrantable, granted: GrantedResources): void {
  allow(grantee, { actions: ['states:StartExecution'], resources: [granted.stateMachineArn] });
  allow(grantee, {
    actions: ['states:DescribeExecution'],
    resources: [arnsOf(granted).executions],
    wildcard: NAMED_LATER,
  });
  allowExecutionData(grantee, granted, [granted.stateMachineArn]);
  allowStack(grantee, granted.scope);
}

/** The right to approve and to reject the waves of runs that wait, and to read the data of those runs. */
export function grantApprove(grantee: IGrantable, granted: GrantedResources): void {
  allow(grantee, {
    actions: ['states:SendTaskFailure', 'states:SendTaskSuccess'],
    resources: [granted.stateMachineArn],
  });
  allow(grantee, {
    actions: ['states:ListExecutions'],
    resources: [granted.stateMachineArn],
  });
  allow(grantee, {
    actions: ['states:DescribeExecution'],
    resources: [arnsOf(granted).executions],
    wildcard: NAMED_LATER,
  });
  allowExecutionData(grantee, granted, [granted.stateMachineArn]);
  // A decision is data of the execution, which the caller's rights encrypt.
  allow(grantee, {
    actions: ['kms:GenerateDataKey'],
    resources: [granted.runData.key.keyArn],
    conditions: {
      StringEquals: {
        'kms:EncryptionContext:aws:states:stateMachineArn': granted.stateMachineArn,
      },
    },
  });
  allowRunData(grantee, granted.runData, { read: ['runs'], list: ['runs'] });
  allowStack(grantee, granted.scope);
}

/** Operator access: to read, start, redrive, stop and throttle runs, from a terminal and in the console. */
export function grantOperate(grantee: IGrantable, granted: GrantedResources): void {
  grantView(grantee, granted);
  const arns = arnsOf(granted);
  allow(grantee, { actions: ['states:StartExecution'], resources: [granted.stateMachineArn] });
  allow(grantee, {
    actions: ['states:RedriveExecution', 'states:StopExecution'],
    resources: [arns.executions],
    wildcard: NAMED_LATER,
  });
  allow(grantee, {
    actions: ['states:UpdateMapRun'],
    resources: [arns.mapRuns],
    wildcard: NAMED_LATER,
  });
  // Makes the summary of a run that was stopped.
  allow(grantee, {
    actions: ['lambda:InvokeFunction'],
    resources: [granted.settleRun.functionArn],
  });
  allowConsole(grantee, granted);
  if (granted.deadLetters !== undefined) allowDeadLetters(grantee, granted, granted.deadLetters);
}

/** Requests that pages of the console make before they show a machine, its figures, alarms and logs. */
function allowConsole(grantee: IGrantable, granted: GrantedResources): void {
  allow(grantee, {
    actions: [
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricData',
      'logs:DescribeLogGroups',
      'states:ListStateMachines',
    ],
    resources: ['*'],
    wildcard: 'Lists and figures of an account, to which AWS gives no address.',
  });
  allow(grantee, {
    actions: ['states:ListTagsForResource'],
    resources: [granted.stateMachineArn],
  });
  allow(grantee, { actions: ['kms:DescribeKey'], resources: [granted.runData.key.keyArn] });
}

/** A message of the dead-letter queue is read, and deleted once its run was started by hand. */
function allowDeadLetters(grantee: IGrantable, granted: GrantedResources, queue: IQueue): void {
  allow(grantee, {
    actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    resources: [queue.queueArn],
  });
  allow(grantee, {
    actions: ['sqs:ListQueues'],
    resources: ['*'],
    wildcard: 'The list of the queues of an account has no address.',
  });
  allow(grantee, {
    actions: ['kms:Decrypt'],
    resources: [granted.runData.key.keyArn],
    conditions: { StringEquals: { 'kms:EncryptionContext:aws:sqs:arn': queue.queueArn } },
  });
}

const NAMED_LATER = 'Executions and Map Runs get their names when they start.';

/**
 * Pattern of the ARNs of a machine's executions. Throws for an ARN that is known at deployment only, since no
 * part of it can be replaced.
 */
export function executionsOf(stateMachineArn: string): string {
  const executions = stateMachineArn.replace(':stateMachine:', ':execution:');
  if (executions === stateMachineArn) {
    throw new TypeError(`${stateMachineArn} is not an ARN that was made from a name.`);
  }
  return `${executions}:*`;
}

function arnsOf({ scope, stateMachineName: name }: GrantedResources) {
  const arn = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({
      service: 'states',
      resource,
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return {
    executions: arn('execution', `${name}:*`),
    children: arn('execution', `${name}/${MAP_LABEL}:*`),
    mapRuns: arn('mapRun', `${name}/${MAP_LABEL}:*`),
    probes: arn('mapRun', `${name}/${PROBE_LABEL}:*`),
    shapes: arn('mapRun', `${name}/${SHAPES_LABEL}:*`),
  };
}

/** Without the key an execution is shown without input, output and cause. */
function allowExecutionData(
  grantee: IGrantable,
  granted: GrantedResources,
  machines: readonly string[],
): void {
  allow(grantee, {
    actions: ['kms:Decrypt'],
    resources: [granted.runData.key.keyArn],
    conditions: {
      StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': machines },
    },
  });
}

/** The command line finds the machine and the bucket in the stack's outputs. */
export function allowStack(grantee: IGrantable, scope: Construct): void {
  const stack = Stack.of(scope);
  allow(grantee, {
    actions: ['cloudformation:DescribeStacks'],
    resources: [
      stack.formatArn({
        service: 'cloudformation',
        resource: 'stack',
        resourceName: `${stack.stackName}/*`,
      }),
    ],
    wildcard: 'A request for a stack by its name is a request for stack/<name>/*, not for its id.',
  });
}
