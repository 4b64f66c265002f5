import { createHash } from 'node:crypto';
import type { Bundle } from '../bundle/bundle.ts';
import { FanfoldError } from '../errors.ts';
import type { HalfAppliedReport } from '../resolve/half-applied-report.ts';
import { RESOLVE_LOCK_WAIT_SECONDS, type ResolveTenant } from '../resolve/resolve-tenant.ts';
import type { WayOut } from '../resolve/ways-out.ts';
import type { Tenant } from '../tenant.ts';
import type { OperationAnswer, OperationRequest } from '../wire/operator-schemas.ts';
import { reportAsJson } from './report-as-json.ts';

export interface ResolveOperationsDependencies {
  readonly resolveTenant: ResolveTenant;
  readonly bundle: Bundle;
}

/** Reports every half-applied migration of a tenant, and changes nothing. */
export async function lookAtHalfApplied(
  { withValues }: OperationRequest<'look-at-half-applied'>,
  tenant: Tenant,
  { resolveTenant, bundle }: ResolveOperationsDependencies,
): Promise<OperationAnswer<'look-at-half-applied'>> {
  const look = { bundle, withValues, lockWaitTimeoutSeconds: RESOLVE_LOCK_WAIT_SECONDS };
  const reports = await resolveTenant.look(tenant, look);
  return { reports: reports.map(reportAsJson) };
}

/**
 * Shows a person the facts on which a resolution would be based, and changes nothing: the fence cannot be
 * held while somebody reads. Throws what `ResolveTenant.resolve` throws.
 */
export async function foreseeResolution(
  request: OperationRequest<'foresee-resolution'>,
  tenant: Tenant,
  dependencies: ResolveOperationsDependencies,
): Promise<OperationAnswer<'foresee-resolution'>> {
  let foreseen: OperationAnswer<'foresee-resolution'> | undefined;
  await carryOut({ ...request, by: '-', runId: '-' }, tenant, dependencies, (report, way) => {
    foreseen = { report: reportAsJson(report), way, seen: seenOf(report, way) };
    return false;
  });
  if (foreseen === undefined) throw changed(request.migration);
  return foreseen;
}

/**
 * Resolves a half-applied migration by the facts that a person has seen. Throws `HalfAppliedChanged` if they
 * have changed since, and what `ResolveTenant.resolve` throws.
 */
export async function resolveAsSeen(
  request: OperationRequest<'resolve'>,
  tenant: Tenant,
  dependencies: ResolveOperationsDependencies,
): Promise<OperationAnswer<'resolve'>> {
  const outcome = await carryOut(request, tenant, dependencies, (report, way) => {
    if (seenOf(report, way) !== request.seen) throw changed(report.migration);
    return true;
  });
  if (outcome === 'declined') throw changed(request.migration);
  return {};
}

async function carryOut(
  request: OperationRequest<'foresee-resolution'> &
    Pick<OperationRequest<'resolve'>, 'by' | 'runId'>,
  tenant: Tenant,
  { resolveTenant, bundle }: ResolveOperationsDependencies,
  decide: (report: HalfAppliedReport, way: WayOut) => boolean,
): Promise<'resolved' | 'declined'> {
  return resolveTenant.resolve(tenant, {
    ...request,
    bundle,
    lockWaitTimeoutSeconds: RESOLVE_LOCK_WAIT_SECONDS,
    confirm: async (report, way) => decide(report, way),
  });
}

/** The whole state by which somebody decides, except the time of the last attempt. */
function seenOf(report: HalfAppliedReport, way: WayOut): string {
  const { label: _, ahead, ...facts } = reportAsJson(report);
  // Values may be shown at one time and not at the other.
  const left = ahead?.statements.map(({ number, standing }) => [number, standing]);
  return createHash('sha256')
    .update(JSON.stringify([facts, left, way]))
    .digest('hex');
}

function changed(migration: string): FanfoldError {
  return new FanfoldError(
    'HalfAppliedChanged',
    `The migration ${migration} is in another state than when you looked: nothing was changed.`,
    { fault: 'tenant', nextStep: 'Run the command again, and decide by what it shows now.' },
  );
}
