import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareShapes } from '../../../src/core/shapes/compare-shapes.ts';
import { compareGroups, ShapeGroups } from '../../../src/core/shapes/shape-groups.ts';
import { refOf } from '../../support/fleet.ts';
import { shapeWith } from './shape-with.ts';

const columns = fc.dictionary(
  fc.constantFrom('id', 'note', 'a`b', 'odd, name'),
  fc.constantFrom('int', 'text', 'int NOT NULL'),
);

test('shapes have differences if and only if their fingerprints differ', () => {
  fc.assert(
    fc.property(columns, columns, (one, other) => {
      const [first, second] = [shapeWith(one), shapeWith(other)];
      const isSame = first.fingerprint === second.fingerprint;
      expect(compareShapes(first, second).length === 0).toBe(isSame);
    }),
  );
});

test('a column in another place is one difference, and an added one is not a difference of order', () => {
  const base = shapeWith({ id: 'int', note: 'text', total: 'int' });
  expect(compareShapes(base, shapeWith({ id: 'int', total: 'int', note: 'text' }))).toEqual([
    {
      kind: 'column order',
      table: 'orders',
      name: '',
      one: '`id`, `note`, `total`',
      other: '`id`, `total`, `note`',
    },
  ]);
  expect(
    compareShapes(base, shapeWith({ more: 'int', id: 'int', note: 'text', total: 'int' })),
  ).toEqual([{ kind: 'column', table: 'orders', name: 'more', one: undefined, other: 'int' }]);
});

test('kinds that one login cannot see are not compared, and that is a difference of its own', () => {
  const trigger = { kind: 'trigger', table: 'orders', name: 't', text: 'SET NEW.id = 1' } as const;
  const unseen = { kind: 'unseen', name: 'triggers', text: '' } as const;
  const found = compareShapes(
    shapeWith({ id: 'int' }, [trigger]),
    shapeWith({ id: 'int' }, [unseen]),
  );
  expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['unseen triggers']);
});

test('groups are compared with the one of most tenants, those with fewest differences first', () => {
  const groups = new ShapeGroups();
  const usual = shapeWith({ id: 'int', note: 'text' });
  const far = shapeWith({ id: 'bigint', note: 'int', more: 'int' });
  const near = shapeWith({ id: 'int', note: 'int' });
  for (const [number, shape] of [far, usual, far, usual, usual, near].entries()) {
    groups.add(refOf(number), shape);
  }
  expect(
    compareGroups(groups.all()).map(({ tenants, named, differences }) => [
      tenants,
      named[0],
      differences.length,
    ]),
  ).toEqual([
    [3, 'tenant-001', 0],
    [1, 'tenant-005', 1],
    [2, 'tenant-000', 3],
  ]);
  expect(compareGroups([])).toEqual([]);
});

test('a table that one shape lacks is one difference, with its columns, whichever shape lacks it', () => {
  const more = { kind: 'table', table: 'logs', name: 'logs', text: '' } as const;
  const column = { kind: 'column', table: 'logs', name: 'line', text: 'text' } as const;
  const order = { kind: 'column order', table: 'logs', name: '', text: '`line`' } as const;
  const [less, full] = [shapeWith({ id: 'int' }), shapeWith({ id: 'int' }, [more, column, order])];
  expect(compareShapes(less, full)).toEqual([
    { kind: 'table', name: 'logs', other: 'columns line' },
  ]);
  expect(compareShapes(full, less)).toEqual([{ kind: 'table', name: 'logs', one: 'columns line' }]);
});
