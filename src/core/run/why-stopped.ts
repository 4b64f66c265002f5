import type { RunStop } from '../events.ts';

/** More tenants failed than the request tolerates. */
export function tooManyFailed(failed: number, tolerated: number): RunStop {
  const tenants = failed === 1 ? '1 tenant has failed' : `${failed} tenants have failed`;
  const limit = tolerated === 0 ? 'none is' : tolerated === 1 ? '1 is' : `${tolerated} are`;
  return { reason: 'breaker', message: `${tenants} and ${limit} tolerated.` };
}

/** A tenant of a canary failed while there were other waves to come. */
export function canaryFailed(failed: number, size: number): RunStop {
  const tenants = size === 1 ? 'The canary tenant' : `${failed} of ${size} canary tenants`;
  return {
    reason: 'canary',
    message: `${tenants} failed, so the other waves were not started.`,
  };
}
