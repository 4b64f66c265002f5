import { expect, test } from 'vitest';
import { ShapeGroups } from '../../../src/core/shapes/shape-groups.ts';
import { refOf } from '../../support/fleet.ts';
import { MYSQL, shapeWith } from './shape-with.ts';

const failure = {
  ...{ code: 'ShapeHidden', message: 'hidden', nextStep: '', retryable: false },
  fingerprint: 'one cause',
} as const;

test('a group names five tenants in alphabetical order, and each version of their servers once', () => {
  const groups = new ShapeGroups();
  const older = { ...MYSQL, version: '8.4.0' };
  for (const number of [9, 3, 7, 1, 8, 2]) {
    groups.add(refOf(number), shapeWith({ id: 'int' }, [], number === 7 ? older : MYSQL));
  }
  const [group, ...others] = groups.all();
  expect(others).toEqual([]);
  expect(group?.tenants).toBe(6);
  expect(group?.named).toEqual([1, 2, 3, 7, 8].map((number) => refOf(number).slug));
  expect(group?.versions).toEqual(['MySQL 9.7.4', 'MySQL 8.4.0']);
});

test('tenants of further shapes are counted when so many shapes are kept, and those of kept ones still join', () => {
  const groups = new ShapeGroups();
  const shape = shapeWith({ id: 'int' });
  for (let number = 0; number < 5_002; number++) {
    groups.add(refOf(number), { ...shape, fingerprint: `${number}` });
  }
  groups.add(refOf(1), { ...shape, fingerprint: '4999' });
  expect(groups.further).toBe(2);
  expect(groups.all()).toHaveLength(5_000);
  expect(groups.all()[0]).toMatchObject({ tenants: 2, shape: { fingerprint: '4999' } });
});

test('tenants that cannot be read are grouped by cause, and are in no shape', () => {
  const groups = new ShapeGroups();
  for (const number of [1, 2]) groups.addUnreadable(refOf(number), failure);
  groups.addUnreadable(refOf(3), { ...failure, fingerprint: 'another' });
  expect(groups.all()).toEqual([]);
  expect(groups.unreadable.counts.failed).toBe(3);
  expect(groups.unreadable.failures.map(({ count }) => count).sort()).toEqual([1, 2]);
});
