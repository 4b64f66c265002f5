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
  request: Pick<RunRequest, 'command' | 'probe' | 'tenants' | 'retryOf'>,
): boolean {
  const { command, probe, tenants, retryOf } = request;
  return (
    probe === 'trust' && command === 'migrate' && tenants === undefined && retryOf === undefined
  );
}
