import { expect, test } from 'vitest';
import { COLUMN_RULES } from '../../../../src/core/safety/lint/rules/column-rules.ts';
import { TYPE_RULES } from '../../../../src/core/safety/lint/rules/type-rules.ts';
import {
  alter,
  column,
  create,
  expectFaults,
  type StatementCase,
  statement,
  table,
  text,
} from './lint-statements.ts';

const ID = column('id', { type: 'bigint' });

/** Changes the one column of a table. */
const modify = (
  before: ReturnType<typeof column>,
  after: ReturnType<typeof column>,
  rest: Parameters<typeof alter>[2] = {},
) => alter(table([ID, before]), table([ID, after]), rest);

/** A column of text with one byte a character. */
const bytes = (length: number) => text('a', length, { charset: 'latin1', maxBytes: length });

/** Adds a column at the end of a table. */
const add = (added: ReturnType<typeof column>) => alter(table([ID]), table([ID, added]));

const renames = (from: string, to: string) => ({
  renames: [{ what: 'column', from, to } as const],
});

const CASES: readonly StatementCase[] = [
  {
    rule: 'drops-column',
    fires: [['It drops the column t.a.', alter(table([ID, column('a')]), table([ID]))]],
    quiet: [
      [alter(table([column('a')]), table([column('b')]), renames('a', 'b'))],
      // The migration itself has created the column's table.
      [create(table([ID, column('a')])), alter(table([ID, column('a')]), table([ID]))],
      [alter(table([ID, column('a')], { isView: true }), table([ID], { isView: true }))],
    ],
  },
  {
    rule: 'renames-column',
    fires: [['It renames t.a to b.', modify(column('a'), column('b'), renames('a', 'b'))]],
    quiet: [
      [modify(column('a'), column('A'), renames('a', 'A'))],
      [modify(column('a'), column('a'), { renames: [{ what: 'table', from: 't', to: 'u' }] })],
      [statement('ALTER TABLE u RENAME COLUMN a TO b', renames('a', 'b'))],
    ],
  },
  {
    rule: 'changes-type',
    fires: [
      ['t.a is bigint and was int.', modify(column('a'), column('a', { type: 'bigint' }))],
      ['t.a is varchar(10) and was varchar(20).', modify(text('a', 20), text('a', 10))],
      ['t.a is int and was varchar(20).', modify(text('a', 20), column('a'))],
      [
        't.a has the character set utf8mb4 and had latin1.',
        modify(text('a', 20, { charset: 'latin1', maxBytes: 20 }), text('a', 20)),
      ],
      [
        't.b is bigint and was int.',
        modify(column('a'), column('b', { type: 'bigint' }), renames('A', 'b')),
      ],
    ],
    quiet: [
      [modify(text('a', 20), text('a', 40))],
      [
        alter(
          table([column('a'), column('b', { type: 'date' })]),
          table([column('b'), column('c', { type: 'date' })]),
          { renames: [...renames('b', 'c').renames, ...renames('a', 'b').renames] },
        ),
      ],
      [modify(column('a', { type: "enum('x')" }), column('a', { type: "enum('y')" }))],
      [modify(column('a'), column('a', { isNullable: false }))],
      [modify(column('a', { type: 'varbinary(4)' }), column('a', { type: 'varbinary(8)' }))],
    ],
  },
  {
    rule: 'grows-past-255-bytes',
    fires: [
      ['t.a grows from 160 to 320 bytes.', modify(text('a', 40), text('a', 80))],
      ['t.a grows from 252 to 256 bytes.', modify(text('a', 63), text('a', 64))],
      ['t.a grows from 255 to 256 bytes.', modify(bytes(255), bytes(256))],
    ],
    quiet: [
      [modify(text('a', 40), text('a', 63))],
      [modify(bytes(254), bytes(255))],
      [modify(text('a', 64), text('a', 80))],
      [modify(text('a', 80), text('a', 40))],
      [modify(column('a'), column('a', { type: 'bigint' }))],
    ],
  },
  {
    rule: 'reorders-enum',
    fires: ["enum('b','a')", "enum('a')", "enum('b','a','c')", "set('a','b')"].map((type) => [
      `t.a is ${type} and was enum('a','b').`,
      modify(column('a', { type: "enum('a','b')" }), column('a', { type })),
    ]),
    quiet: [
      [
        modify(
          column('a', { type: "enum('a','b')" }),
          column('a', { type: "enum('a','b','c')", isNullable: false }),
        ),
      ],
      [
        modify(
          column('a', { type: "set('a')" }),
          column('a', { type: "set('a')", isNullable: false }),
        ),
      ],
      [modify(column('a', { type: "enum('a')" }), text('a', 20))],
    ],
  },
  {
    rule: 'sets-not-null',
    fires: [
      ['t.a no longer allows NULL.', modify(column('a'), column('a', { isNullable: false }))],
    ],
    quiet: [
      [modify(column('a', { isNullable: false }), column('a'))],
      [add(column('a', { isNullable: false }))],
    ],
  },
  {
    rule: 'drops-not-null',
    fires: [
      ['t.a allows NULL from now on.', modify(column('a', { isNullable: false }), column('a'))],
    ],
    quiet: [[modify(column('a'), column('a', { isNullable: false }))], [add(column('a'))]],
  },
  {
    rule: 'not-null-without-default',
    fires: [
      [
        't.a is NOT NULL and has no default.',
        add(column('a', { isNullable: false, hasDefault: false })),
      ],
    ],
    quiet: [
      [add(column('a', { isNullable: false }))],
      [create(table([column('a', { isNullable: false, hasDefault: false })]))],
    ],
  },
  {
    rule: 'costly-column',
    fires: [
      ['t.a is stored and generated.', add(column('a', { generated: 'stored' }))],
      ['t.a is numbered.', add(column('a', { isAutoIncrement: true }))],
      ['t.a is by default an expression.', add(column('a', { isDefaultExpression: true }))],
    ],
    quiet: [
      [add(column('a', { default: '1' }))],
      [add(column('a', { generated: 'virtual', isDefaultExpression: true }))],
      [modify(column('a'), column('a', { isDefaultExpression: true }))],
    ],
  },
  {
    rule: 'column-in-the-middle',
    fires: [
      ['t.a is not at the end.', alter(table([ID]), table([column('a'), ID]))],
      [
        't.b is not at the end.',
        alter(table([ID, column('a')]), table([ID, column('b'), column('a'), column('c')])),
      ],
    ],
    quiet: [
      [alter(table([ID]), table([ID, column('a'), column('b')]))],
      [alter(table([]), table([column('a')]))],
    ],
  },
  {
    rule: 'float-column',
    fires: [
      ['t.a is float.', create(table([ID, column('a', { type: 'float' })]))],
      ['t.a is double(8,2).', add(column('a', { type: 'double(8,2)' }))],
    ],
    quiet: [
      [create(table([ID, column('a', { type: 'decimal(8,2)' })]))],
      [create(table([column('a', { type: 'double' })], { isView: true }))],
      [modify(column('a', { type: 'float' }), column('a', { type: 'double' }))],
    ],
  },
  {
    rule: 'timestamp-column',
    fires: [['t.a is timestamp(6).', add(column('a', { type: 'timestamp(6)' }))]],
    quiet: [[add(column('a', { type: 'datetime(6)' }))]],
  },
  {
    rule: 'zero-date',
    fires: [
      [
        "t.a is by default '0000-00-00 00:00:00'.",
        create(table([column('a', { type: 'datetime', default: "'0000-00-00 00:00:00'" })])),
      ],
      ['t.a is by default 0000-00-00.', add(column('a', { type: 'date', default: '0000-00-00' }))],
    ],
    quiet: [
      [add(column('a', { type: 'date', default: '2000-00-00' }))],
      [add(column('a', { type: 'date' }))],
    ],
  },
];

test.each(CASES)(
  'the rule $rule finds its fault in a change of columns, and not in the safe way',
  expectFaults,
);

test('every rule about columns has a case', () => {
  expect(CASES.map(({ rule }) => rule)).toEqual(
    [...COLUMN_RULES, ...TYPE_RULES].map(({ name }) => name),
  );
});
