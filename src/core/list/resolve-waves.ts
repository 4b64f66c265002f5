import type { TenantDirectory } from '../ports.ts';
import type { RunRequest, WaveRequest } from '../request.ts';
import { resolveActive } from './resolve-active.ts';
import type { Selection } from './select-tenants.ts';

/** A wave of a request with its names resolved. */
export interface ResolvedWave extends Pick<WaveRequest, 'percentage' | 'canary'> {
  /** Ids of the named tenants that belong to the run; `undefined` if none were named. */
  readonly ids?: readonly string[] | undefined;
}

/**
 * Resolves the names of a request's waves. A name that the run does not list is left out: a retry
 * inherits the canaries of its run, but only lists what that run left.
 */
export async function resolveWaves(
  waves: RunRequest['waves'],
  selection: Pick<Selection, 'among'>,
  directory: Pick<TenantDirectory, 'findByNames'>,
): Promise<ResolvedWave[]> {
  const names = waves.flatMap((wave) => wave.tenants ?? []);
  const tenants = names.length === 0 ? [] : await resolveActive(directory, names);
  const listed = names.length === 0 ? new Set<string>() : await selection.among(tenants);
  return waves.map(({ tenants: wanted, percentage, canary }) => {
    if (wanted === undefined) return { percentage, canary };
    const inWave = tenants.filter(
      ({ id, slug }) => listed.has(id) && (wanted.includes(slug) || wanted.includes(id)),
    );
    return { ids: inWave.map(({ id }) => id), percentage, canary };
  });
}
