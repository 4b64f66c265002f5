import { Duration, type RemovalPolicy, type TimeZone } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { Universal } from 'aws-cdk-lib/aws-scheduler-targets';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface MigrationsScheduleProps {
  /** Name of the schedule. */
  readonly prefix: string;
  readonly stateMachineArn: string;
  /** `rate(…)`, `cron(…)` or `at(…)`. */
  readonly expression: string;
  readonly timeZone: TimeZone;
  /** Input of the executions, as JSON. */
  readonly request: string;
  readonly encryptionKey: IKey;
  readonly removalPolicy: RemovalPolicy;
}

/** Starts runs on a schedule. A failed start leaves a message in the queue. */
export class MigrationsSchedule extends Construct {
  readonly deadLetters: Queue;
  readonly schedule: Schedule;

  constructor(scope: Construct, id: string, props: MigrationsScheduleProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.encryptionKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: props.removalPolicy,
    });
    const isDeadLetters = 'This is the queue of dead letters itself; an alarm watches it.';
    acknowledge(this.deadLetters, {
      'AwsSolutions-SQS3': isDeadLetters,
      'Serverless-SQSRedrivePolicy': isDeadLetters,
    });
    this.schedule = new Schedule(this, 'Schedule', {
      scheduleName: props.prefix,
      description: `Starts a run of ${props.prefix}`,
      schedule: ScheduleExpression.expression(props.expression, props.timeZone),
      target: new Universal({
        service: 'sfn',
        action: 'startExecution',
        input: ScheduleTargetInput.fromObject({
          StateMachineArn: props.stateMachineArn,
          Name: `schedule-${ContextAttribute.executionId}`,
          Input: props.request,
        }),
        policyStatements: [
          new PolicyStatement({
            actions: ['states:StartExecution'],
            resources: [props.stateMachineArn],
          }),
          new PolicyStatement({
            // A message is sent and encrypted under the schedule's own role.
            actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
            resources: [props.encryptionKey.keyArn],
            conditions: {
              StringEquals: { 'kms:EncryptionContext:aws:sqs:arn': this.deadLetters.queueArn },
            },
          }),
        ],
        deadLetterQueue: this.deadLetters as IQueue,
        // After that, the run of the next day is near.
        maxEventAge: Duration.hours(6),
        retryAttempts: 20,
      }),
    });
  }
}
