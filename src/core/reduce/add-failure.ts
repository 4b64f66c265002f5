import type { Failure } from '../failure.ts';
import type { FailedOutcome } from '../outcome.ts';
import type { TenantRef } from '../tenant.ts';
import type { FailureGroup, Summary } from './summary.ts';

/** Groups that a summary keeps: the smallest fingerprints, so that it does not matter who came first. */
export const MOST_GROUPS = 100;
/** Tenants that a group names. */
export const MOST_TENANTS = 10;

/**
 * Adds a failure to its group. A group that is kept in the end was among the smallest from its first
 * failure on, so it was never dropped and its count is exact.
 */
export function addFailure(summary: Summary, { failure, tenant }: FailedOutcome): Summary {
  const groups = summary.failures;
  const index = lowerBound(groups, failure.fingerprint);
  const group = groups[index];
  if (group?.fingerprint === failure.fingerprint) {
    return { ...summary, failures: groups.with(index, addToGroup(group, failure, tenant)) };
  }
  if (index >= MOST_GROUPS) return { ...summary, otherFailures: summary.otherFailures + 1 };
  const failures = groups.toSpliced(index, 0, {
    ...failure,
    count: 1,
    varies: undefined,
    tenants: [tenant],
  });
  const dropped = failures.length > MOST_GROUPS ? failures.pop() : undefined;
  return { ...summary, failures, otherFailures: summary.otherFailures + (dropped?.count ?? 0) };
}

function addToGroup(group: FailureGroup, failure: Failure, tenant: TenantRef): FailureGroup {
  const count = group.count + 1;
  const varies = group.varies || failure.message !== group.message || undefined;
  const before = group.tenants.findIndex((named) => isBefore(tenant, named));
  const index = before < 0 ? group.tenants.length : before;
  if (index >= MOST_TENANTS) return { ...group, count, varies };
  const tenants = group.tenants.toSpliced(index, 0, tenant).slice(0, MOST_TENANTS);
  // The tenant that is named first speaks for the group.
  return index === 0
    ? { ...failure, count, varies, tenants }
    : { ...group, count, varies, tenants };
}

function isBefore(a: TenantRef, b: TenantRef): boolean {
  return a.slug === b.slug ? a.id < b.id : a.slug < b.slug;
}

/** Index of the first group whose fingerprint is not smaller. */
function lowerBound(groups: readonly FailureGroup[], fingerprint: string): number {
  let low = 0;
  let high = groups.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((groups[middle]?.fingerprint ?? '') < fingerprint) low = middle + 1;
    else high = middle;
  }
  return low;
}
