import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface RunEndsProps {
  readonly name: string;
  readonly machine: IStateMachine;
  /** The function that tells changes of runs. */
  readonly settleRun: IFunction;
}

/**
 * Has ends told that no state of the machine has told: executions that were stopped, took too long, or failed before
 * there was a result. AWS sends its own events to the account's default bus, whatever bus ours go to.
 */
export class RunEnds extends Construct {
  constructor(scope: Construct, id: string, { name, machine, settleRun }: RunEndsProps) {
    super(scope, id);
    const target = new LambdaFunction(settleRun, {
      event: RuleTargetInput.fromObject({
        step: 'ended',
        execution: {
          arn: EventField.fromPath('$.detail.executionArn'),
          name: EventField.fromPath('$.detail.name'),
        },
      }),
      // Later than that, the alarm of a failed run has long told it.
      maxEventAge: Duration.hours(2),
    });
    const rule = new Rule(this, 'Rule', {
      description: `Tells how executions of ${name} ended outside of their states`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [machine.stateMachineArn],
          status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
        },
      },
      targets: [target],
    });
    acknowledge(rule, {
      'Serverless-EventBusDLQ':
        'The alarms failed, timedOut and aborted watch the same ends, so that none is lost with its event.',
    });
  }
}
