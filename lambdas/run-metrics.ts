import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { WaveStanding } from '../src/core/reduce/wave-standing.ts';
import {
  NOTIFICATIONS_FAILED,
  RUN_METRICS,
  RUN_METRICS_NAMESPACE,
  RUN_METRICS_SERVICE,
  WAVE_METRICS,
  waveDimension,
} from '../src/core/wire/run-metrics.ts';
import type { ShortSummary, StepExecution } from '../src/core/wire/step-data.ts';

/**
 * Publishes the figures of a run after a round. They cover the run so far, so that the statistic to look at is
 * the maximum. The state machine is a dimension, since several stacks may exist side by side. A metric for
 * each tenant would cost more than its migration.
 */
export function publishRunMetrics(
  execution: StepExecution,
  summary: ShortSummary,
  waves: readonly WaveStanding[],
): void {
  const metrics = metricsOf(execution.arn);
  const { counts } = summary;
  const values: Record<(typeof RUN_METRICS)[number], number> = {
    TenantsListed: summary.total,
    TenantsMigrated: counts.migrated,
    TenantsUnchanged: counts.unchanged,
    TenantsFailed: counts.failed,
    TenantsUnknown: counts.unknown,
    MigrationsApplied: summary.applied,
  };
  for (const name of RUN_METRICS) metrics.addMetric(name, MetricUnit.Count, values[name]);
  metrics.publishStoredMetrics();
  for (const [index, wave] of waves.entries()) publishWave(execution.arn, index + 1, wave);
}

function publishWave(executionArn: string, number: number, wave: WaveStanding): void {
  const metrics = metricsOf(executionArn);
  metrics.addDimension('wave', waveDimension(number));
  const values: Record<(typeof WAVE_METRICS)[number], number> = {
    TenantsListed: wave.size,
    TenantsDone: wave.settled,
    TenantsFailed: wave.failed,
  };
  for (const name of WAVE_METRICS) metrics.addMetric(name, MetricUnit.Count, values[name]);
  metrics.publishStoredMetrics();
}

/** Counts a notification that could not be sent. */
export function publishLostNotification(executionArn: string): void {
  const metrics = metricsOf(executionArn);
  metrics.addMetric(NOTIFICATIONS_FAILED, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

function metricsOf(executionArn: string): Metrics {
  const metrics = new Metrics({
    namespace: RUN_METRICS_NAMESPACE,
    serviceName: RUN_METRICS_SERVICE,
  });
  metrics.addDimension('stateMachine', executionArn.split(':').at(-2) ?? '');
  return metrics;
}
