import type { RunStop } from '../events.ts';

/**
 * More tenants failed than the request tolerates.
 *
 * @param wereCutOff whether some of them were stopped in the middle, so that nobody knows of them
 */
export function tooManyFailed(failed: number, tolerated: number, wereCutOff = false): RunStop {
  const [one, many] = wereCutOff ? [' or is unknown,', ' or are unknown,'] : ['', ''];
  const tenants =
    failed === 1 ? `1 tenant has failed${one}` : `${failed} tenants have failed${many}`;
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
