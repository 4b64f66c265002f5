import { expect, test } from 'vitest';
import { CONSTRAINT_RULES } from '../../../../src/core/safety/lint/rules/constraint-rules.ts';
import { INDEX_RULES } from '../../../../src/core/safety/lint/rules/index-rules.ts';
import type {
  ForeignKeyDefinition,
  TableDefinition,
} from '../../../../src/core/safety/table-definition.ts';
import {
  alter,
  column,
  create,
  drop,
  expectFaults,
  index,
  primary,
  type StatementCase,
  statement,
  table,
} from './lint-statements.ts';

const COLUMNS = ['id', 'a', 'b', 'c', 'd', 'e', 'f'].map((name) => column(name));

/** A table of the columns `id` and `a` to `f` with a primary key, these indexes, and the rest. */
const t = (indexes: TableDefinition['indexes'] = [], rest: Partial<TableDefinition> = {}) =>
  table(COLUMNS, { indexes: [primary('id'), ...indexes], ...rest });

const BY_A = index('by_a', ['a']);
const BY_AB = index('by_ab', ['a', 'b']);
const UNIQUE_A = index('a_once', ['a'], { isUnique: true });

const PARENT = { ...t([index('by_code', ['a'], { isUnique: true })]), name: 'p' };

const key = (name: string, column: string, parentColumn = 'id'): ForeignKeyDefinition => ({
  name,
  columns: [column],
  parent: 'p',
  parentColumns: [parentColumn],
});

/** Adds foreign keys to a table that has one. */
const addKeys = (...keys: readonly ForeignKeyDefinition[]) => {
  const old = key('old', 'f');
  return alter(t([], { foreignKeys: [old] }), t([], { foreignKeys: [old, ...keys] }));
};

const withoutA = (definition: TableDefinition): TableDefinition => ({
  ...definition,
  columns: definition.columns.filter(({ name }) => name !== 'a'),
});

const CASES: readonly StatementCase[] = [
  {
    rule: 'unique-on-existing-rows',
    fires: [
      ['t.a_once is unique over a.', alter(t(), t([UNIQUE_A]))],
      // The same name, and duplicates are refused from now on.
      ['t.by_a is unique over a.', alter(t([BY_A]), t([{ ...BY_A, isUnique: true }]))],
      [
        't.pair is unique over a, b.',
        alter(t([UNIQUE_A]), t([index('pair', ['a', 'b'], { isUnique: true })])),
      ],
    ],
    quiet: [
      [alter(t(), t([BY_A]))],
      [alter({ ...t(), indexes: [] }, t())],
      [alter(withoutA(t()), t([UNIQUE_A]))],
      [create(t([UNIQUE_A]))],
      [alter(t([UNIQUE_A]), t([{ ...UNIQUE_A, name: 'a_renamed' }]))],
    ],
  },
  {
    rule: 'changes-primary-key',
    fires: [
      [
        'It changes the primary key of t from (id) to (id, a).',
        alter(t(), { ...t(), indexes: [primary('id', 'a')] }),
      ],
      [
        'It changes the primary key of t from (id) to (a).',
        alter(t(), { ...t(), indexes: [primary('a')] }),
      ],
      ['It changes the primary key of t from (none) to (id).', alter({ ...t(), indexes: [] }, t())],
      ['It changes the primary key of t from (id) to (none).', alter(t(), { ...t(), indexes: [] })],
    ],
    quiet: [
      [alter(t(), t([BY_A]))],
      [
        alter(
          t(),
          { ...table([column('uid'), ...COLUMNS.slice(1)]), indexes: [primary('uid')] },
          { renames: [{ what: 'column', from: 'id', to: 'uid' }] },
        ),
      ],
    ],
  },
  {
    rule: 'drops-used-index',
    fires: [
      ['It drops the index t.by_a, which queries can use.', alter(t([BY_A]), t())],
      ['It drops the index t.by_ab, which queries can use.', alter(t([BY_AB]), t([BY_A]))],
    ],
    quiet: [
      [alter(t([{ ...BY_A, isVisible: false }]), t())],
      // It remains as the first part of a longer one.
      [alter(t([BY_A]), t([BY_AB]))],
      [alter(t([BY_A]), withoutA(t()))],
      [alter(t([BY_A]), t([{ ...BY_A, name: 'by_a_2' }]))],
      [alter(t(), { ...t(), indexes: [] })],
      [create(t([BY_A])), alter(t([BY_A]), t())],
      // A column of the index has another name, and the index the same.
      [alter(t([BY_A]), t([index('by_a', ['A'])]))],
    ],
  },
  {
    rule: 'wide-index',
    fires: [
      ['t.wide has 6 columns.', create(t([index('wide', ['a', 'b', 'c', 'd', 'e', 'f'])]))],
      ['t.wide has 6 columns.', alter(t(), t([index('wide', ['a', 'b', 'c', 'd', 'e', 'f'])]))],
    ],
    quiet: [
      [alter(t(), t([index('five', ['a', 'b', 'c', 'd', 'e'])]))],
      [create({ ...t(), indexes: [primary('a', 'b', 'c', 'd', 'e', 'f')] })],
      // An earlier migration made it.
      [
        alter(
          t([index('wide', ['a', 'b', 'c', 'd', 'e', 'f'])]),
          t([index('wide', ['a', 'b', 'c', 'd', 'e', 'f']), BY_A]),
        ),
      ],
    ],
  },
  {
    rule: 'duplicate-index',
    fires: [
      ['t.by_a (a) is contained in by_ab (a, b).', alter(t([BY_AB]), t([BY_AB, BY_A]))],
      ['t.by_a (a) is contained in by_ab (a, b).', create(t([BY_A, BY_AB]))],
      ['t.by_id (id) is contained in PRIMARY (id).', create(t([index('by_id', ['id'])]))],
      // Of two equal ones that are both new, the one that comes first by name counts as the older one.
      [
        't.also_by_b (b) is contained in also_by_a (b).',
        create(t([index('also_by_b', ['b']), index('also_by_a', ['b'])])),
      ],
      // Of an old and an equal new one, the old one.
      [
        't.by_a (a) is contained in z_by_a (a).',
        alter(t([index('z_by_a', ['a'])]), t([index('z_by_a', ['a']), BY_A])),
      ],
    ],
    quiet: [
      [create(t([BY_A, index('by_ba', ['b', 'a'])]))],
      [create(t([UNIQUE_A, BY_AB]))],
      [create(t([BY_AB, index('text', ['a'], { type: 'FULLTEXT' })]))],
      [alter(t([BY_AB]), t([BY_AB, BY_A])), alter(t([BY_AB, BY_A]), t([BY_AB]))],
      [create(t([BY_A, BY_AB])), drop(t())],
    ],
  },
  {
    rule: 'fulltext-index',
    fires: [
      [
        't.words is a FULLTEXT index.',
        alter(t(), t([index('words', ['a'], { type: 'FULLTEXT' })])),
      ],
    ],
    quiet: [[alter(t(), t([index('place', ['a'], { type: 'SPATIAL' })]))]],
  },
  {
    rule: 'checked-foreign-key',
    fires: [
      ['It adds the foreign key k from t (a) to p and checks each row.', addKeys(key('k', 'a'))],
    ],
    quiet: [
      [{ ...addKeys(key('k', 'a')), checksForeignKeys: false }],
      [addKeys()],
      [create(t([], { foreignKeys: [key('k', 'a')] }))],
    ],
  },
  {
    rule: 'foreign-key-without-unique-parent',
    fires: [
      [
        'The foreign key k refers to p (b), which is not unique.',
        create(PARENT),
        create(t([], { foreignKeys: [key('k', 'a', 'b')] })),
      ],
      [
        'The foreign key k refers to p (id), which does not exist.',
        create(t([], { foreignKeys: [key('k', 'a')] })),
      ],
    ],
    quiet: [
      [create(PARENT), create(t([], { foreignKeys: [key('k', 'a'), key('l', 'b', 'a')] }))],
      [addKeys()],
      [drop(t([], { foreignKeys: [key('k', 'a')] }))],
    ],
  },
  {
    rule: 'ignored-reference',
    fires: [
      [
        'It names 1 reference, and the server has added 0 foreign keys.',
        { ...create(t()), tokens: ['CREATE', 'TABLE', 'T', 'REFERENCES', 'P'] },
      ],
      [
        'It names 2 references, and the server has added 1 foreign key.',
        { ...addKeys(key('k', 'a')), tokens: ['ALTER', 'REFERENCES', 'P', 'REFERENCES', 'P'] },
      ],
    ],
    quiet: [
      [{ ...addKeys(key('k', 'a')), tokens: ['ALTER', 'TABLE', 'T', 'REFERENCES', 'P'] }],
      [create(t())],
      [{ ...create(t()), tokens: ['CREATE', 'REFERENCES', 'P'], isRefused: true }],
      [statement('GRANT REFERENCES ON p TO someone')],
      [statement('CREATE TABLE IF NOT EXISTS t (a INT REFERENCES p (id))')],
      [drop(t())],
    ],
  },
  {
    rule: 'adds-check',
    fires: [
      [
        'It adds the check c2 to t.',
        alter(t([], { checks: ['c1'] }), t([], { checks: ['c1', 'c2'] })),
      ],
    ],
    quiet: [
      [alter(t([], { checks: ['c1'] }), t())],
      [create(t([], { checks: ['c1'] }))],
      [create(t()), alter(t(), t([], { checks: ['c1'] }))],
    ],
  },
];

test.each(CASES)(
  'the rule $rule finds its fault in indexes and keys, and not in the safe way',
  expectFaults,
);

test('every rule about indexes has a case', () => {
  expect(CASES.map(({ rule }) => rule)).toEqual(
    [...INDEX_RULES, ...CONSTRAINT_RULES].map(({ name }) => name),
  );
});
