import { expect, test } from 'vitest';
import type { Migration } from '../../../../src/core/bundle/bundle.ts';
import { createBundle } from '../../../../src/core/bundle/bundle.ts';
import type { SchemaState } from '../../../../src/core/schema-state.ts';
import { DriftGroups } from '../../../../src/core/shapes/drift/drift-groups.ts';
import { judgeGroup } from '../../../../src/core/shapes/drift/judge-group.ts';
import { sharedDifferences } from '../../../../src/core/shapes/drift/shared-differences.ts';
import type { Shape } from '../../../../src/core/shapes/shape.ts';
import { refOf } from '../../../support/fleet.ts';
import { MYSQL, shapeWith } from '../shape-with.ts';

const migration = (id: string): Migration => ({
  id,
  extension: '.js',
  checksum: id,
  load: () => Promise.reject(new Error('Nothing is run here.')),
});
const BUNDLE = createBundle([migration('1_a'), migration('2_b')]);

const state = (names: readonly string[], open: SchemaState['open'] = []): SchemaState => ({
  rows: names.map((name) => ({ name, batch: 1 })),
  checksums: new Map(),
  appliedBy: new Map(),
  revertedBy: new Map(),
  open,
});

/** Judges one tenant whose migrations make `expected`. */
async function judge(expected: Shape, actual: Shape, of = state(['1_a.js'])) {
  const groups = new DriftGroups(BUNDLE);
  groups.add(refOf(1), actual, of);
  const [group] = groups.all();
  if (group === undefined) throw new Error('There is one group.');
  return judgeGroup(group, MYSQL, async () => ({ shape: expected }));
}

const option = (name: string, text: string) =>
  ({ kind: 'option', table: 'orders', name, text }) as const;
const older = { ...MYSQL, version: '8.4.3' };

test.each([
  ['the same definitions', shapeWith({ id: 'int' }), shapeWith({ id: 'int' }), 'as made'],
  ['another type', shapeWith({ id: 'int' }), shapeWith({ id: 'bigint' }), 'drift'],
  [
    'a row format that nobody has chosen',
    shapeWith({}, [option('ROW_FORMAT', 'DYNAMIC')]),
    shapeWith({}, [option('ROW_FORMAT', 'COMPACT')]),
    'unsure',
  ],
  [
    'another sql_mode of a procedure',
    shapeWith({}, [{ kind: 'procedure', name: 'p', text: 'x sql_mode=ANSI' }]),
    shapeWith({}, [{ kind: 'procedure', name: 'p', text: 'x sql_mode=STRICT_TRANS_TABLES' }]),
    'unsure',
  ],
  [
    'parentheses on one version',
    shapeWith({ g: 'int DEFAULT ((1 + 2))' }),
    shapeWith({ g: 'int DEFAULT (1+2)' }),
    'drift',
  ],
  [
    'parentheses on another version',
    shapeWith({ g: 'int DEFAULT ((1 + 2))' }),
    shapeWith({ g: 'int DEFAULT (1+2)' }, [], older),
    'unsure',
  ],
  [
    'the default collation of another version',
    shapeWith({}, [option('COLLATE', 'utf8mb4_0900_ai_ci')]),
    shapeWith({}, [option('COLLATE', 'utf8mb4_general_ci')], older),
    'unsure',
  ],
  [
    'a chosen collation on another version',
    shapeWith({}, [option('COLLATE', 'utf8mb4_bin')]),
    shapeWith({}, [option('COLLATE', 'utf8mb4_general_ci')], older),
    'drift',
  ],
  [
    'names in another case on a server that ignores it',
    shapeWith({ Id: 'int' }),
    shapeWith({ id: 'int' }, [], { ...MYSQL, lowerCaseTableNames: 1 }),
    'as made',
  ],
] as const)('%s: judged rightly', async (_, expected, actual, status) => {
  expect((await judge(expected, actual)).status).toBe(status);
});

test('tenants whose tables no recorded migrations can explain are not compared, with the reason', async () => {
  const shape = shapeWith({ id: 'int' });
  const half = await judge(shape, shape, state([], [{ id: '1_a', direction: 'up' }]));
  expect(half).toMatchObject({
    status: 'not compared',
    why: expect.stringContaining('1_a is half-applied'),
  });
  const foreign = await judge(shape, shape, state(['1_a.js', '9_z.js']));
  expect(foreign).toMatchObject({ why: expect.stringContaining('does not have: 9_z') });
  const mariadb = { ...MYSQL, product: 'MariaDB', isMariaDb: true };
  const other = await judge(shape, shapeWith({ id: 'int' }, [], mariadb));
  expect(other).toMatchObject({ why: 'They are on MariaDB, and the scratch server is MySQL.' });
});

test('a difference that several groups have is one, with all of their tenants', async () => {
  const expected = shapeWith({ id: 'int' });
  const groups = new DriftGroups(BUNDLE);
  groups.add(refOf(1), shapeWith({ id: 'bigint' }), state(['1_a.js']));
  groups.add(refOf(2), shapeWith({ id: 'bigint' }), state(['1_a.js']));
  groups.add(refOf(3), shapeWith({ id: 'bigint', more: 'int' }), state(['1_a.ts', '2_b.ts']));
  expect(groups.all().map(({ tenants, recorded }) => [tenants, recorded])).toEqual([
    [2, ['1_a']],
    [1, ['1_a', '2_b']],
  ]);
  const judged = await Promise.all(
    groups.all().map((group) => judgeGroup(group, MYSQL, async () => ({ shape: expected }))),
  );
  expect(
    sharedDifferences(judged).map(({ difference, tenants, named }) => [
      difference.name,
      tenants,
      named.length,
    ]),
  ).toEqual([
    ['id', 3, 3],
    ['more', 1, 1],
  ]);
});
