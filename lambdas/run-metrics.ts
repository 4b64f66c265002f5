import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import {
  RUN_METRICS,
  RUN_METRICS_NAMESPACE,
  RUN_METRICS_SERVICE,
} from '../src/core/wire/run-metrics.ts';
import type { ShortSummary, StepExecution } from '../src/core/wire/step-schemas.ts';

/**
 * Publishes the figures of a run after a round. They cover the run so far, so that the statistic to look at is
 * the maximum. The state machine is a dimension, since several stacks may exist side by side. A metric for
 * each tenant would cost more than its migration.
 */
export function publishRunMetrics(execution: StepExecution, summary: ShortSummary): void {
  const metrics = new Metrics({
    namespace: RUN_METRICS_NAMESPACE,
    serviceName: RUN_METRICS_SERVICE,
  });
  metrics.addDimension('stateMachine', execution.arn.split(':').at(-2) ?? '');
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
}
