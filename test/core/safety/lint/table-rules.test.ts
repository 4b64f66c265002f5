import { expect, test } from 'vitest';
import { TABLE_RULES } from '../../../../src/core/safety/lint/rules/table-rules.ts';
import {
  alter,
  column,
  create,
  drop,
  expectFaults,
  primary,
  type StatementCase,
  statement,
  table,
} from './lint-statements.ts';

const T = table([column('id', { type: 'bigint' })], { indexes: [primary('id')] });
const LONGER = table([...T.columns, column('a')], { indexes: T.indexes });
const U = { ...T, name: 'u' };

const COPY = { verdict: { how: 'copy', blocks: 'writes' } } as const;
const inPlace = (blocks: 'nothing' | 'writes' | 'everything') =>
  ({ verdict: { how: 'in place', blocks } }) as const;

/** The texts and tables of statements that rename `t` to `u`. */
const rename = statement('RENAME TABLE t TO u', { changes: [{ before: T, after: U }] });

const CASES: readonly StatementCase[] = [
  {
    rule: 'copies-table',
    fires: [
      ['The server copies t.', alter(T, LONGER, COPY)],
      [
        'The server copies t, u.',
        statement('ALTER TABLE t', {
          ...COPY,
          changes: [
            { before: T, after: LONGER },
            { before: U, after: { ...LONGER, name: 'u' } },
          ],
        }),
      ],
    ],
    quiet: [
      [alter(T, LONGER, { verdict: { how: 'instant' } })],
      [alter(T, LONGER)],
      // The table that the migration has created is empty.
      [create(T), alter(T, LONGER, COPY)],
      [statement('OPTIMIZE TABLE t', COPY)],
    ],
  },
  {
    rule: 'blocks-writes',
    fires: [
      ['Writes to t wait until it has ended.', alter(T, LONGER, inPlace('writes'))],
      ['Reads and writes to t wait until it has ended.', alter(T, LONGER, inPlace('everything'))],
    ],
    quiet: [
      [alter(T, LONGER, inPlace('nothing'))],
      [alter(T, LONGER, COPY)],
      [create(T), alter(T, LONGER, inPlace('writes'))],
    ],
  },
  {
    rule: 'drops-table',
    fires: [
      ['It drops the table t.', drop(T)],
      [
        'It drops the table old.',
        statement('DROP TABLE old, t', { changes: [{ before: { ...LONGER, name: 'old' } }] }),
      ],
    ],
    quiet: [[create(T), drop(T)], [rename], [create(T), rename, drop(U)]],
  },
  {
    rule: 'renames-table',
    fires: [
      ['It renames the table t to u.', rename],
      [
        'It renames the table t to u.',
        statement('ALTER TABLE t ADD a INT, RENAME u', {
          changes: [{ before: T, after: { ...LONGER, name: 'u' } }],
        }),
      ],
      [
        'It renames the table t to u.',
        statement('ALTER TABLE t', {
          changes: [{ before: T, after: U }],
          renames: [{ what: 'table', from: 't', to: 'u' }],
        }),
      ],
    ],
    quiet: [
      [create(T), rename],
      [drop(T), create(U)],
    ],
  },
  {
    rule: 'no-primary-key',
    fires: [['The table t has no primary key.', create({ ...T, indexes: [] })]],
    quiet: [
      [create(T)],
      [create({ ...T, indexes: [], isView: true })],
      [alter(T, { ...T, indexes: [] })],
    ],
  },
  {
    rule: 'small-primary-key',
    fires: [
      [
        't.id is numbered and int unsigned.',
        create(table([column('id', { type: 'int unsigned', isAutoIncrement: true })])),
      ],
    ],
    quiet: [
      [create(table([column('id', { type: 'bigint unsigned', isAutoIncrement: true })]))],
      [create(table([column('id', { type: 'int' })]))],
    ],
  },
  {
    rule: 'not-innodb',
    fires: [
      ['The table t has the engine MyISAM.', create({ ...T, engine: 'MyISAM' })],
      ['The table t has the engine MEMORY.', alter(T, { ...T, engine: 'MEMORY' })],
    ],
    quiet: [
      [create({ ...T, engine: 'INNODB' })],
      [create({ ...T, engine: 'MyISAM', isView: true })],
      [create({ ...T, engine: undefined })],
      // An earlier migration chose it.
      [alter({ ...T, engine: 'MyISAM' }, { ...LONGER, engine: 'MyISAM' })],
      [drop({ ...T, engine: 'MyISAM' })],
    ],
  },
  {
    rule: 'old-charset',
    fires: [
      ...['latin1', 'utf8', 'utf8mb3'].map((charset): StatementCase['fires'][number] => [
        `The table t has text in ${charset}.`,
        { ...create({ ...T, charset }), tokens: ['CREATE', 'TABLE', 'T', 'CHARSET', '='] },
      ]),
      [
        'The table t has text in latin1.',
        {
          ...create(table([column('a', { type: 'text', charset: 'latin1' })])),
          tokens: ['CREATE', 'TABLE', 'T', '(', 'A', 'TEXT', 'COLLATE', 'LATIN1_BIN', ')'],
        },
      ],
    ],
    quiet: [
      // The migration names no character set: the server's default is not its choice.
      [create({ ...T, charset: 'latin1' })],
      [{ ...create(T), tokens: ['CREATE', 'TABLE', 'T', 'CHARACTER', 'SET', 'UTF8MB4'] }],
      [{ ...create({ ...T, charset: undefined }), tokens: ['COLLATE'] }],
      [{ ...create({ ...T, charset: 'latin1', isView: true }), tokens: ['COLLATE'] }],
    ],
  },
  {
    rule: 'upper-case-name',
    fires: [['The table Tasks has upper case in its name.', create({ ...T, name: 'Tasks' })]],
    quiet: [[create(T)], [alter({ ...T, name: 'Tasks' }, { ...LONGER, name: 'Tasks' })]],
  },
  {
    rule: 'changes-engine-or-partitions',
    fires: [
      ['It changes the engine of t from InnoDB to MyISAM.', alter(T, { ...T, engine: 'MyISAM' })],
      ['It partitions t.', alter(T, { ...T, isPartitioned: true })],
      ['It removes the partitions of t.', alter({ ...T, isPartitioned: true }, T)],
    ],
    quiet: [
      [alter(T, LONGER)],
      [create({ ...T, isPartitioned: true })],
      [create(T), alter(T, { ...T, isPartitioned: true })],
    ],
  },
];

test.each(CASES)(
  'the rule $rule finds its fault in what happens to a table, and not in the safe way',
  expectFaults,
);

test('every rule about tables has a case', () => {
  expect(CASES.map(({ rule }) => rule)).toEqual(TABLE_RULES.map(({ name }) => name));
});
