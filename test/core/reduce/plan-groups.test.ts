import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PlannedOutcome } from '../../../src/core/outcome.ts';
import { addPlan, plansByCount } from '../../../src/core/reduce/plan-groups.ts';
import type { PlanSummary } from '../../../src/core/reduce/summary.ts';
import { refOf } from '../../support/fleet.ts';

function planned(number: number, pending: readonly string[], reverting?: string[]): PlannedOutcome {
  const facts = { tenant: refOf(number), wave: 1, position: number, tries: 1, durationMs: 1 };
  return { ...facts, status: 'planned', notes: [], pending, reverting };
}

function fold(outcomes: readonly PlannedOutcome[]): PlanSummary | undefined {
  return outcomes.reduce<PlanSummary | undefined>((plan, each) => addPlan(plan, each), undefined);
}

it('groups of a plan contain tenants with the same pending migrations, for any extension and order', () => {
  const plan = fold([
    planned(0, ['1_a.js', '2_b.js']),
    planned(1, ['2_b.ts', '1_a.ts']),
    planned(2, []),
    planned(3, ['2_b.js']),
  ]);
  expect(plan).toMatchObject({ tenants: 3, upToDate: 1, otherTenants: 0 });
  expect(plansByCount(plan ?? { groups: [] })).toMatchObject([
    {
      migrations: ['1_a', '2_b'],
      count: 2,
      tenants: [{ slug: 'tenant-000' }, { slug: 'tenant-001' }],
    },
    { migrations: ['2_b'], count: 1 },
  ]);
});

it('groups of a plan of a rollback contain tenants with the same migrations to roll back', () => {
  expect(fold([planned(0, [], ['2_b.js', '1_a.js'])])?.groups).toMatchObject([
    { migrations: ['2_b', '1_a'], count: 1 },
  ]);
});

it('the groups of a plan do not depend on the order of the tenants, and their size is bounded', () => {
  const outcomes = fc.array(
    fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 300 })).map((number) => [`${number}_m.js`]),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(outcomes, fc.infiniteStream(fc.nat()), (all, random) => {
      const inOrder = all.map((pending, number) => planned(number, pending));
      const shuffled = inOrder
        .map((outcome) => ({ outcome, at: random.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ outcome }) => outcome);
      const plan = fold(inOrder);
      expect(fold(shuffled)).toEqual(plan);
      if (plan === undefined) return;
      const { groups, otherTenants, tenants } = plan;
      expect(groups.length).toBeLessThanOrEqual(100);
      expect(groups.reduce((sum, { count }) => sum + count, otherTenants)).toBe(tenants);
    }),
    { numRuns: 50 },
  );
});
