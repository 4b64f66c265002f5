import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  type MetricOptions,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { WAVE_DIMENSIONS } from '../src/core/wire/run-metrics.ts';
import type { MigrationFunctions } from './migration-functions.ts';
import type { Alarms } from './migrations-alarms.ts';
import type { RunMetrics } from './run-metrics.ts';

export interface RunDashboardProps {
  readonly name: string;
  readonly machine: StateMachine;
  readonly metrics: RunMetrics;
  readonly functions: MigrationFunctions;
  readonly alarms: Alarms;
}

const FULL_WIDTH = 24;
const HALF_WIDTH = 12;
const HEIGHT = 6;

/** Shows a rollout at a glance: faults, its progress wave by wave, and causes of delay. */
export class RunDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: RunDashboardProps) {
    super(scope, id);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: props.name,
      defaultInterval: Duration.hours(12),
    });
    this.dashboard.addWidgets(alarmStatus(props));
    this.dashboard.addWidgets(figures(props));
    this.dashboard.addWidgets(...waveGraphs(props));
    this.dashboard.addWidgets(runs(props), migrator(props));
    this.dashboard.addWidgets(transitions(props), notifications(props));
  }
}

function alarmStatus({ alarms }: RunDashboardProps): IWidget {
  return new AlarmStatusWidget({
    title: 'Alarms',
    alarms: Object.values(alarms),
    width: FULL_WIDTH,
    height: 3,
  });
}

/** A figure of the run so far: the last value that was published is the one that counts. */
function figures({ metrics }: RunDashboardProps): IWidget {
  return new SingleValueWidget({
    title: 'Tenants of the newest run, after its last round',
    metrics: [
      metrics.metric('TenantsListed', { label: 'listed' }),
      metrics.metric('TenantsMigrated', { label: 'migrated' }),
      metrics.metric('TenantsUnchanged', { label: 'were up to date' }),
      metrics.metric('TenantsFailed', { label: 'failed' }),
      metrics.metric('TenantsUnknown', { label: 'unknown' }),
      metrics.metric('MigrationsApplied', { label: 'migrations applied' }),
    ],
    width: FULL_WIDTH,
    height: 3,
  });
}

function waveGraphs({ metrics }: RunDashboardProps): IWidget[] {
  const ofWaves = (name: Parameters<RunMetrics['waveMetric']>[0]) =>
    WAVE_DIMENSIONS.map((wave) => metrics.waveMetric(name, wave, { label: `wave ${wave}` }));
  return [
    graph('Tenants done, by wave', ofWaves('TenantsDone')),
    graph('Tenants failed, by wave', ofWaves('TenantsFailed')),
  ];
}

function runs({ machine }: RunDashboardProps): IWidget {
  const every = (label: string): MetricOptions => ({ label, statistic: Stats.SUM });
  return graph('Runs', [
    machine.metricStarted(every('started')),
    machine.metricSucceeded(every('succeeded')),
    machine.metricFailed(every('failed')),
    machine.metricAborted(every('stopped')),
    machine.metricTimedOut(every('timed out')),
  ]);
}

function migrator({ functions }: RunDashboardProps): IWidget {
  const { lambda } = functions.migrateTenant;
  return graph('Migrator', [
    lambda.metric('ConcurrentExecutions', { label: 'tenants at a time', statistic: Stats.MAXIMUM }),
    lambda.metricErrors({ label: 'failed attempts', statistic: Stats.SUM }),
    lambda.metricThrottles({ label: 'throttled', statistic: Stats.SUM }),
  ]);
}

function transitions({ metrics }: RunDashboardProps): IWidget {
  return graph('Delayed by Step Functions', [metrics.transitionsThrottled()]);
}

function notifications({ metrics }: RunDashboardProps): IWidget {
  return graph('Notifications not sent', [metrics.notificationsFailed({ label: 'not sent' })]);
}

function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({
    title,
    left,
    width: HALF_WIDTH,
    height: HEIGHT,
    leftYAxis: { min: 0, showUnits: false },
  });
}
