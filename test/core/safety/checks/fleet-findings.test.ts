import { expect, test } from 'vitest';
import type { DataAnswer, Effect } from '../../../../src/core/safety/checks/data-answer.ts';
import type { DataCheck } from '../../../../src/core/safety/checks/data-check.ts';
import { FleetFindingsFold } from '../../../../src/core/safety/checks/fleet-findings.ts';
import { tenantNumbered } from '../forecast/forecasting.ts';

const checkOf = (migration: string, statement: number, id = 'a'): DataCheck => ({
  ...{ id: `${migration} ${statement} ${id}`, kind: 'nulls', migration, statement, table: 't' },
  ...{ columns: ['a'], finds: 't.a has NULL', refused: 'strict' },
});
const found = (effect: Effect, count = 1): DataAnswer => ({
  ...{ status: 'found', effect, count, key: [] },
});
const [first, later, second] = [checkOf('1', 1), checkOf('1', 10), checkOf('2', 2)];

test('answers are counted by check in the order of the migrations, and checks without rows by their number', () => {
  const fold = new FleetFindingsFold();
  fold.add(
    tenantNumbered(1),
    [
      { check: second, answer: found('refuses') },
      { check: later, answer: { status: 'refused', why: 'no table' } },
      { check: first, answer: { status: 'unfinished', seconds: 5 } },
      { check: checkOf('3', 1), answer: { status: 'clean' } },
    ],
    true,
  );
  fold.add(
    tenantNumbered(2),
    [
      { check: second, answer: found('changes') },
      { check: later, answer: { status: 'refused', why: 'no privilege' } },
    ],
    false,
  );
  fold.add(tenantNumbered(3), [], true);
  const findings = fold.read();
  expect(findings).toMatchObject({ asked: 3, withRows: 2, unread: 1, clean: 1 });
  expect(findings.findings).toMatchObject([
    { check: first, unfinished: 1, refused: 0 },
    { check: later, unfinished: 0, refused: 2, why: 'no table' },
    { check: second, found: { refuses: 1, changes: 1, deletes: 0, keeps: 0, unknown: 0 } },
  ]);
});

test('ten tenants with rows are named in alphabetical order, whatever the order of their answers', () => {
  const numbers = Array.from({ length: 30 }, (_, at) => at + 10);
  for (const order of [numbers, numbers.toReversed()]) {
    const fold = new FleetFindingsFold();
    for (const at of order) {
      fold.add(tenantNumbered(at), [{ check: first, answer: found('keeps', at) }], true);
    }
    const [finding] = fold.read().findings;
    expect(finding?.found.keeps).toBe(30);
    expect(finding?.examples.map(({ tenant, count }) => `${tenant.slug} ${count}`)).toEqual(
      numbers.slice(0, 10).map((at) => `t${at} ${at}`),
    );
  }
});

test('checks that cannot be asked are counted by tenants, and migrations that are not known are named once', () => {
  const fold = new FleetFindingsFold();
  fold.addBlocked([second, first], ['4', '3']);
  fold.addBlocked([second, checkOf('2', 2, 'A')], ['3']);
  const { blocked, unchecked } = fold.read();
  expect(blocked.map(({ check, tenants }) => `${check.id}: ${tenants}`)).toEqual([
    '1 1 a: 1',
    '2 2 A: 1',
    '2 2 a: 2',
  ]);
  expect(unchecked).toEqual(['3', '4']);
});
