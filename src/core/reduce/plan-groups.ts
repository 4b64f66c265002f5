import { splitMigrationName } from '../bundle/bundle.ts';
import type { PlannedOutcome } from '../outcome.ts';
import type { TenantRef } from '../tenant.ts';
import { isBefore, MOST_TENANTS } from './add-failure.ts';
import type { PlanGroup, PlanSummary } from './summary.ts';

/** Groups that a plan keeps. */
const MOST_GROUPS = 100;

const NOTHING: PlanSummary = { tenants: 0, upToDate: 0, groups: [], otherTenants: 0 };

/**
 * Adds the plan of one tenant. Groups that are kept are the smallest by their migrations, so that it does not
 * matter in which order tenants are added.
 */
export function addPlan(plan: PlanSummary = NOTHING, outcome: PlannedOutcome): PlanSummary {
  const { tenant, pending, reverting } = outcome;
  const migrations = (reverting ?? pending).map((name) => splitMigrationName(name).id);
  if (migrations.length === 0) return { ...plan, upToDate: plan.upToDate + 1 };
  const counted = { ...plan, tenants: plan.tenants + 1 };
  const leftOut = reverting === undefined ? outcome.leftOut?.pending : outcome.leftOut?.reverting;
  const set = { migrations, ...(leftOut !== undefined && { leftOut }) };
  const key = keyOf(set);
  const found = plan.groups.findIndex((group) => keyOf(group) >= key);
  const index = found < 0 ? plan.groups.length : found;
  const group = plan.groups[index];
  if (group !== undefined && keyOf(group) === key) {
    return { ...counted, groups: plan.groups.with(index, addToGroup(group, tenant, migrations)) };
  }
  if (index >= MOST_GROUPS) return { ...counted, otherTenants: plan.otherTenants + 1 };
  const groups = plan.groups.toSpliced(index, 0, { ...set, count: 1, tenants: [tenant] });
  const dropped = groups.length > MOST_GROUPS ? groups.pop() : undefined;
  return { ...counted, groups, otherTenants: plan.otherTenants + (dropped?.count ?? 0) };
}

/** The groups as they are shown: the largest first. */
export function plansByCount({ groups }: Pick<PlanSummary, 'groups'>): PlanGroup[] {
  return groups.toSorted((a, b) => b.count - a.count);
}

/** Made once for a group, which is compared with every tenant. */
const KEYS = new WeakMap<readonly string[], string>();

/** A half-applied migration comes first, but the set is the same. */
function keyOf({ migrations, leftOut }: Pick<PlanGroup, 'migrations' | 'leftOut'>): string {
  const known = KEYS.get(migrations);
  if (known !== undefined) return known;
  const names = [...migrations].sort().join('\n');
  const key = leftOut === undefined ? names : `${names}\n${leftOut} more`;
  KEYS.set(migrations, key);
  return key;
}

function addToGroup(group: PlanGroup, tenant: TenantRef, migrations: readonly string[]): PlanGroup {
  const count = group.count + 1;
  const before = group.tenants.findIndex((named) => isBefore(tenant, named));
  const index = before < 0 ? group.tenants.length : before;
  if (index >= MOST_TENANTS) return { ...group, count };
  const tenants = group.tenants.toSpliced(index, 0, tenant).slice(0, MOST_TENANTS);
  // The order is that of the tenant that is named first.
  return { ...group, migrations: index === 0 ? migrations : group.migrations, count, tenants };
}
