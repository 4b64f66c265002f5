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
  const { command, probe, tenants, retryOf, phase = DEFAULT_PHASE } = request;
  const asksFleet = tenants === undefined && retryOf === undefined;
  // A recorded version is that of the schema, and does not show which backfills are complete.
  return probe === 'trust' && command === 'migrate' && asksFleet && phase === 'schema';
}
