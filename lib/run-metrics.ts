import {
  MathExpression,
  type MathExpressionOptions,
  Metric,
  type MetricOptions,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { RUN_METRICS, WAVE_METRICS } from '../src/core/wire/run-metrics.ts';
import {
  NOTIFICATIONS_FAILED,
  RUN_METRICS_NAMESPACE,
  RUN_METRICS_SERVICE,
} from '../src/core/wire/run-metrics.ts';
import { MAP_LABEL } from './definition/map-label.ts';

/** Figures that the reducer publishes after each round. */
export type RunMetric = (typeof RUN_METRICS)[number];

/** Figures of one wave. */
export type WaveMetric = (typeof WAVE_METRICS)[number];

/** The metrics of one state machine's runs. */
export class RunMetrics {
  private readonly machine: StateMachine;
  private readonly machineName: string;

  constructor(machine: StateMachine, machineName: string) {
    this.machine = machine;
    this.machineName = machineName;
  }

  metric(metricName: RunMetric, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: RUN_METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: RUN_METRICS_SERVICE, stateMachine: this.machineName },
      // A figure describes the whole run after a round, so figures must not be added up.
      statistic: Stats.MAXIMUM,
      ...options,
    });
  }

  /** @param wave `1` to `9`, or `10+` */
  waveMetric(metricName: WaveMetric, wave: string, options: MetricOptions = {}): Metric {
    const { machineName: stateMachine } = this;
    return new Metric({
      namespace: RUN_METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: RUN_METRICS_SERVICE, stateMachine, wave },
      statistic: Stats.MAXIMUM,
      ...options,
    });
  }

  /** Notifications that the event bus or the topic did not take. */
  notificationsFailed(options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: RUN_METRICS_NAMESPACE,
      metricName: NOTIFICATIONS_FAILED,
      dimensionsMap: { service: RUN_METRICS_SERVICE, stateMachine: this.machineName },
      statistic: Stats.SUM,
      ...options,
    });
  }

  /**
   * Children of a Map count under the labelled ARN, `stateMachine:<name>/<label>`, and make nearly all of the
   * transitions of a run.
   */
  transitionsThrottled(options: MathExpressionOptions = {}): MathExpression {
    const throttled = (stateMachineArn: string) =>
      this.machine.metricThrottled({
        statistic: Stats.SUM,
        dimensionsMap: { StateMachineArn: stateMachineArn },
        ...(options.period === undefined ? {} : { period: options.period }),
      });
    const arn = this.machine.stateMachineArn;
    return new MathExpression({
      label: 'Throttled state transitions',
      ...options,
      expression: 'FILL(runs, 0) + FILL(tenants, 0)',
      usingMetrics: { runs: throttled(arn), tenants: throttled(`${arn}/${MAP_LABEL}`) },
    });
  }
}
