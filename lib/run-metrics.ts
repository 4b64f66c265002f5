import {
  MathExpression,
  type MathExpressionOptions,
  Metric,
  type MetricOptions,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { RUN_METRICS } from '../src/core/wire/run-metrics.ts';
import { RUN_METRICS_NAMESPACE, RUN_METRICS_SERVICE } from '../src/core/wire/run-metrics.ts';
import { MAP_LABEL } from './state-machine-definition.ts';

/** Figures that the reducer publishes after each round. */
export type RunMetric = (typeof RUN_METRICS)[number];

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
      // A figure is the state of the run after a round, so that figures must not be added up.
      statistic: Stats.MAXIMUM,
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
