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
import type { RunMetrics } from './run-metrics.ts';

export interface MigrationsAlarmsProps {
  /** The beginning of the alarms' names. */
  readonly prefix: string;
  readonly machine: StateMachine;
  readonly metrics: RunMetrics;
  readonly functions: MigrationFunctions;
  /** ProvisionTenant; undefined without provisioning. */
  readonly provisioning?: StateMachine | undefined;
  /** RefillPool; undefined without a pool. */
  readonly refilling?: StateMachine | undefined;
  /** Undefined without a schedule. */
  readonly deadLetters?: Queue | undefined;
  /** Default: the alarms are seen in CloudWatch only. */
  readonly topic?: ITopic | undefined;
  /** Address of docs/how-to/runbook.md. */
  readonly runbook: string;
}

interface Watched {
  readonly id: string;
  readonly metric: IMetric;
  readonly means: string;
  readonly name: keyof typeof RUNBOOK_SECTIONS;
  /** The number of periods, among `of`, that must be bad. Default: one of one. */
  readonly periods?: { readonly bad: number; readonly of: number };
  readonly threshold?: number;
}

/** The alarms by their subjects. */
export type Alarms = Readonly<Partial<Record<keyof typeof RUNBOOK_SECTIONS, Alarm>>>;

/** Alarms that a person has to look at; each names its section of the runbook. */
export class MigrationsAlarms extends Construct {
  readonly alarms: Alarms;

  constructor(scope: Construct, id: string, props: MigrationsAlarmsProps) {
    super(scope, id);
    const alarms: Partial<Record<keyof typeof RUNBOOK_SECTIONS, Alarm>> = {};
    for (const watched of watchedThings(props)) {
      const { metric, means, name, periods = { bad: 1, of: 1 }, threshold = 1 } = watched;
      const section = RUNBOOK_SECTIONS[name];
      const alarm = new Alarm(this, watched.id, {
        alarmName: `${props.prefix}-${section}`,
        alarmDescription: `${means} What to do: ${props.runbook}#${section}`,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: periods.of,
        datapointsToAlarm: periods.bad,
        // There are no figures while there is no run.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      alarms[name] = alarm;
      if (props.topic === undefined) continue;
      const action = new SnsAction(props.topic);
      alarm.addAlarmAction(action);
      // An incident that the topic opened is closed the same way.
      alarm.addOkAction(action);
    }
    this.alarms = alarms;
  }
}

/** Anchors of docs/how-to/runbook.md that an alarm leads to. */
export const RUNBOOK_SECTIONS = {
  failed: 'alarm-run-failed',
  timedOut: 'alarm-run-timed-out',
  aborted: 'alarm-run-aborted',
  scheduleFailed: 'alarm-schedule-failed',
  throttled: 'alarm-throttled',
  startsThrottled: 'alarm-starts-throttled',
  provisioningFailed: 'alarm-provisioning-failed',
  poolNotFilled: 'alarm-pool-not-filled',
  notificationsFailed: 'alarm-notifications-failed',
} as const;

function watchedThings(props: MigrationsAlarmsProps): Watched[] {
  const { machine, metrics, functions, provisioning, refilling, deadLetters } = props;
  const every = { period: Duration.minutes(5), statistic: 'Sum' };
  return [
    {
      id: 'Failed',
      metric: machine.metricFailed(every),
      means: 'A run has ended with failed tenants, or could not be carried out.',
      name: 'failed',
    },
    {
      id: 'TimedOut',
      metric: machine.metricTimedOut(every),
      means: 'A run took longer than it may.',
      name: 'timedOut',
    },
    {
      id: 'Aborted',
      metric: machine.metricAborted(every),
      means: 'A run was stopped before its end.',
      name: 'aborted',
    },
    {
      id: 'StartsThrottled',
      metric: metrics.transitionsThrottled({ period: every.period }),
      means: 'Step Functions has delayed state transitions of runs.',
      name: 'startsThrottled',
      periods: { bad: 3, of: 3 },
    },
    {
      id: 'Throttled',
      metric: functions.migrateTenant.lambda.metricThrottles(every),
      means: 'The account has too little Lambda concurrency for the number of tenants at a time.',
      name: 'throttled',
      // Retries absorb a burst at the beginning of a run.
      periods: { bad: 3, of: 3 },
      threshold: 10,
    },
    {
      id: 'NotificationsFailed',
      metric: metrics.notificationsFailed({ period: every.period }),
      means: 'The event bus or the topic did not take a notification about a run.',
      name: 'notificationsFailed',
    },
    ...(provisioning === undefined
      ? []
      : [
          {
            id: 'ProvisioningFailed',
            metric: provisioning.metricFailed(every),
            means: 'A tenant could not be provisioned.',
            name: 'provisioningFailed' as const,
          },
        ]),
    ...(refilling === undefined
      ? []
      : [
          {
            id: 'PoolNotFilled',
            // It is started every quarter of an hour: one failure may be a restart of a server.
            metric: refilling.metricFailed({ period: Duration.hours(1), statistic: 'Sum' }),
            means: 'The pool of databases for new tenants is not filled.',
            name: 'poolNotFilled' as const,
            threshold: 3,
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
            name: 'scheduleFailed' as const,
          },
        ]),
  ];
}
