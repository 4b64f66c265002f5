import type { Failure } from '../failure.ts';
import type { FailedOutcome } from '../outcome.ts';
import type { TenantRef } from '../tenant.ts';
import { causeOfKind, kindOfCause } from './cause-of-failure.ts';
import type { FailureGroup, Summary } from './summary.ts';

/** The number of kinds of failures that a summary keeps: the smallest ones, so that their order does not matter. */
export const MOST_KINDS = 100;
/**
 * Causes of one kind that differ only in their message. If there are more, the messages contain values that
 * cannot be distinguished from words, so all of the kind are one cause.
 */
export const MOST_SHAPES = 20;
/** Tenants that a group names. */
export const MOST_TENANTS = 10;

/**
 * Adds a failure to its group. A kind that is kept in the end was among the smallest from its first
 * failure on, so it was never dropped and its counts are exact.
 */
export function addFailure(summary: Summary, { failure, tenant }: FailedOutcome): Summary {
  const groups = summary.failures;
  const index = lowerBound(groups, failure.fingerprint);
  const group = groups[index];
  if (group?.fingerprint === failure.fingerprint) {
    return { ...summary, failures: groups.with(index, addToGroup(group, failure, tenant)) };
  }
  const kind = kindOfCause(failure);
  const many = causeOfKind(failure);
  const [from, to] = rangeOf(groups, kind);
  const gathered = groups.findIndex(
    (each, at) => at >= from && at < to && each.fingerprint === many,
  );
  if (gathered >= 0) {
    const added = addToGroup(groups[gathered] as FailureGroup, failure, tenant);
    return { ...summary, failures: groups.with(gathered, { ...added, fingerprint: many }) };
  }
  const own: FailureGroup = { ...failure, count: 1, varies: undefined, tenants: [tenant] };
  if (to - from >= MOST_SHAPES) {
    const all = groups.slice(from, to).reduce(mergeGroups, own);
    const one = { ...all, fingerprint: many, varies: true };
    return { ...summary, failures: inOrder(groups.toSpliced(from, to - from, one)) };
  }
  const failures = groups.toSpliced(index, 0, own);
  return from < to ? { ...summary, failures } : withoutLargestKind({ ...summary, failures });
}

/** Drops the largest kind if there is one too many. */
function withoutLargestKind(summary: Summary): Summary {
  const kinds = summary.failures.map(kindOfCause);
  const all = new Set(kinds);
  if (all.size <= MOST_KINDS) return summary;
  const largest = [...all].reduce((one, other) => (one < other ? other : one));
  const dropped = summary.failures.filter((_, at) => kinds[at] === largest);
  return {
    ...summary,
    failures: summary.failures.filter((_, at) => kinds[at] !== largest),
    otherFailures: summary.otherFailures + dropped.reduce((sum, { count }) => sum + count, 0),
  };
}

/** The range of a kind's groups: their fingerprints begin with that of the kind, so they are neighbors. */
function rangeOf(groups: readonly FailureGroup[], kind: string): [from: number, to: number] {
  let from = lowerBound(groups, kind);
  const isOfKind = (at: number) => {
    const group = groups[at];
    return group !== undefined && kindOfCause(group) === kind;
  };
  // Groups of a longer kind may be between them if a statement holds a vertical bar.
  while (groups[from]?.fingerprint.startsWith(kind) === true && !isOfKind(from)) from += 1;
  let to = from;
  while (isOfKind(to)) to += 1;
  return [from, to];
}

function addToGroup(group: FailureGroup, failure: Failure, tenant: TenantRef): FailureGroup {
  return mergeGroups(group, { ...failure, count: 1, varies: undefined, tenants: [tenant] });
}

/** Two groups as one, described by the tenant that is named first. */
function mergeGroups(one: FailureGroup, other: FailureGroup): FailureGroup {
  const [first] = one.tenants;
  const [second] = other.tenants;
  const isFirst = second === undefined || (first !== undefined && !isBefore(second, first));
  return {
    ...(isFirst ? one : other),
    count: one.count + other.count,
    varies: one.varies || other.varies || one.message !== other.message || undefined,
    tenants: mergeTenants(one.tenants, other.tenants),
  };
}

function mergeTenants(one: readonly TenantRef[], other: readonly TenantRef[]): TenantRef[] {
  const merged = [...one];
  for (const tenant of other) {
    const before = merged.findIndex((named) => isBefore(tenant, named));
    merged.splice(before < 0 ? merged.length : before, 0, tenant);
  }
  return merged.slice(0, MOST_TENANTS);
}

/** Whether a tenant is named before another one. */
export function isBefore(a: TenantRef, b: TenantRef): boolean {
  return a.slug === b.slug ? a.id < b.id : a.slug < b.slug;
}

function inOrder(groups: readonly FailureGroup[]): FailureGroup[] {
  return groups.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
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
