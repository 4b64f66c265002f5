/** Metrics that the reducer publishes to CloudWatch: both the function and the infrastructure import this file. */
export const RUN_METRICS_NAMESPACE = 'Fanfold';
/** Value of the dimension `service`. */
export const RUN_METRICS_SERVICE = 'runs';
/** Value names, each a figure of a run so far. */
export const RUN_METRICS = [
  'TenantsListed',
  'TenantsMigrated',
  'TenantsUnchanged',
  'TenantsFailed',
  'TenantsUnknown',
  'MigrationsApplied',
] as const;
