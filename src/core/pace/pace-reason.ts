/**
 * Why a run that chooses its own pace attempts no more tenants at a time, from the mildest reason to the gravest.
 * `growing`: it ended before that was known. `most`: no run takes more. `no-gain`: more at a time were not
 * faster. `max-per-host`: the request has that limit. `latency`: a server took longer to answer. `connections`: a
 * server has no more connections to spare. `busy`: a server had many statements running. `replicas`: a configured
 * replica of a server was late. `refused`: a server
 * refused connections. `throttled`: somebody has set a limit while it ran.
 */
export const PACE_REASONS = [
  'growing',
  'most',
  'no-gain',
  'max-per-host',
  'latency',
  'connections',
  'busy',
  'replicas',
  'refused',
  'throttled',
] as const;

export type PaceReason = (typeof PACE_REASONS)[number];

/** The gravest of some reasons. */
export function gravestReason(reasons: readonly PaceReason[]): PaceReason {
  return PACE_REASONS.findLast((reason) => reasons.includes(reason)) ?? 'growing';
}
