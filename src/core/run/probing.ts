import { DEFAULT_PHASE } from '../backfill/phase.ts';
import { isRollback } from '../is-rollback.ts';
import type { RunRequest } from '../request.ts';

/**
 * Whether a run asks its tenants for their pending migrations before it migrates any. A rollback asks each
 * tenant another question, which only its own attempt answers.
 */
export function asksFirst(request: Pick<RunRequest, 'command' | 'rollback' | 'probe'>): boolean {
  return request.probe !== 'none' && !isRollback(request);
}

/**
 * Whether a run trusts what the central database records of its tenants. Only a run that migrates whole
 * fleets does: somebody who names tenants or retries them needs their real state, and so does a plan.
 */
export function trustsRecords(
  request: Pick<RunRequest, 'command' | 'probe' | 'tenants' | 'retryOf' | 'phase'>,
): boolean {
  return request.probe === 'trust' && migratesFleet(request);
}

/**
 * Whether a run passes over tenants that a run which it continues has just recorded. A request that tells how tenants
 * are asked means every tenant.
 */
export function continuesRuns(request: Parameters<typeof trustsRecords>[0]): boolean {
  return request.probe === undefined && migratesFleet(request);
}

function migratesFleet({
  command,
  tenants,
  retryOf,
  phase = DEFAULT_PHASE,
}: Parameters<typeof trustsRecords>[0]): boolean {
  const isFleet = tenants === undefined && retryOf === undefined;
  // A recorded version is that of the schema, and does not show which backfills are complete.
  return isFleet && command === 'migrate' && phase === 'schema';
}
