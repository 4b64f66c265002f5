import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ShortSummary, StepExecution } from '../src/core/wire/step-schemas.ts';

/**
 * Tells CloudWatch how a run stands after a round: its tenants so far, hence the statistic to look at
 * is the maximum. By state machine, since several stacks may live side by side. Once a round and not
 * once a tenant, which would cost more than migrating it.
 */
export function publishRunMetrics(execution: StepExecution, summary: ShortSummary): void {
  const metrics = new Metrics({ namespace: 'Fanfold', serviceName: 'runs' });
  metrics.addDimension('stateMachine', execution.arn.split(':').at(-2) ?? '');
  const { counts } = summary;
  const values = {
    TenantsListed: summary.total,
    TenantsMigrated: counts.migrated,
    TenantsUnchanged: counts.unchanged,
    TenantsFailed: counts.failed,
    TenantsUnknown: counts.unknown,
    MigrationsApplied: summary.applied,
  };
  for (const [name, value] of Object.entries(values)) {
    metrics.addMetric(name, MetricUnit.Count, value);
  }
  metrics.publishStoredMetrics();
}
