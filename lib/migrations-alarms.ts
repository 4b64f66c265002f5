import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { MigrationFunctions } from './migration-functions.ts';

export interface MigrationsAlarmsProps {
  /** Begins the alarms' names. */
  readonly prefix: string;
  readonly machine: StateMachine;
  readonly functions: MigrationFunctions;
  /** ProvisionTenant; undefined without provisioning. */
  readonly provisioning?: StateMachine | undefined;
  /** Undefined without a schedule. */
  readonly deadLetters?: Queue | undefined;
  /** Default: the alarms are seen in CloudWatch only. */
  readonly topic?: ITopic | undefined;
  /** Address of docs/runbook.md. */
  readonly runbook: string;
}

interface Watched {
  readonly id: string;
  readonly metric: IMetric;
  readonly means: string;
  /** Heading of the runbook, as an anchor. */
  readonly section: string;
  /** How many of `of` periods. Default: one of one. */
  readonly periods?: { readonly bad: number; readonly of: number };
  readonly threshold?: number;
}

/** What somebody has to look at, each with where it says what to do. */
export class MigrationsAlarms extends Construct {
  constructor(scope: Construct, id: string, props: MigrationsAlarmsProps) {
    super(scope, id);
    for (const watched of whatIsWatched(props)) {
      const { metric, means, section, periods = { bad: 1, of: 1 }, threshold = 1 } = watched;
      const alarm = new Alarm(this, watched.id, {
        alarmName: `${props.prefix}-${section}`,
        alarmDescription: `${means} What to do: ${props.runbook}#${section}`,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: periods.of,
        datapointsToAlarm: periods.bad,
        // No run, no figures.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (props.topic !== undefined) alarm.addAlarmAction(new SnsAction(props.topic));
    }
  }
}

/** Anchors of docs/runbook.md that an alarm leads to. */
export const RUNBOOK_SECTIONS = {
  failed: 'alarm-run-failed',
  timedOut: 'alarm-run-timed-out',
  aborted: 'alarm-run-aborted',
  scheduleFailed: 'alarm-schedule-failed',
  throttled: 'alarm-throttled',
  startsThrottled: 'alarm-starts-throttled',
  provisioningFailed: 'alarm-provisioning-failed',
} as const;

function whatIsWatched(props: MigrationsAlarmsProps): Watched[] {
  const { machine, functions, provisioning, deadLetters } = props;
  const every = { period: Duration.minutes(5), statistic: 'Sum' };
  return [
    {
      id: 'Failed',
      metric: machine.metricFailed(every),
      means: 'A run has ended with failed tenants, or could not be carried out.',
      section: RUNBOOK_SECTIONS.failed,
    },
    {
      id: 'TimedOut',
      metric: machine.metricTimedOut(every),
      means: 'A run took longer than it may.',
      section: RUNBOOK_SECTIONS.timedOut,
    },
    {
      id: 'Aborted',
      metric: machine.metricAborted(every),
      means: 'A run was stopped before its end.',
      section: RUNBOOK_SECTIONS.aborted,
    },
    {
      id: 'StartsThrottled',
      metric: machine.metricThrottled(every),
      means: 'Step Functions has put off state transitions of runs.',
      section: RUNBOOK_SECTIONS.startsThrottled,
      periods: { bad: 3, of: 3 },
    },
    {
      id: 'Throttled',
      metric: functions.migrateTenant.lambda.metricThrottles(every),
      means: 'The account has too little Lambda concurrency for the number of tenants at a time.',
      section: RUNBOOK_SECTIONS.throttled,
      // A burst at a run's beginning is what retries are for.
      periods: { bad: 3, of: 3 },
      threshold: 10,
    },
    ...(provisioning === undefined
      ? []
      : [
          {
            id: 'ProvisioningFailed',
            metric: provisioning.metricFailed(every),
            means: 'A tenant could not be provisioned.',
            section: RUNBOOK_SECTIONS.provisioningFailed,
          },
        ]),
    ...(deadLetters === undefined
      ? []
      : [
          {
            id: 'ScheduleFailed',
            metric: deadLetters.metricApproximateNumberOfMessagesVisible({
              period: Duration.minutes(5),
              statistic: 'Maximum',
            }),
            means: 'The schedule could not start a run.',
            section: RUNBOOK_SECTIONS.scheduleFailed,
          },
        ]),
  ];
}
