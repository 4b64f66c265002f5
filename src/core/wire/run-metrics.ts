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
/** Figures of one wave, with the dimension `wave` beside the others. */
export const WAVE_METRICS = ['TenantsListed', 'TenantsDone', 'TenantsFailed'] as const;
/** Waves with a value of their own in that dimension: each is a metric that costs something every month. */
const MOST_WAVES = 9;

/** The value of the dimension `wave`: `1` to `9`, then `10+`. */
export function waveDimension(wave: number): string {
  return wave > MOST_WAVES ? `${MOST_WAVES + 1}+` : String(wave);
}

/** All values of the dimension `wave`. */
export const WAVE_DIMENSIONS = Array.from({ length: MOST_WAVES + 1 }, (_, index) =>
  waveDimension(index + 1),
);
/** Notifications that the event bus did not take. */
export const NOTIFICATIONS_FAILED = 'NotificationsFailed';
