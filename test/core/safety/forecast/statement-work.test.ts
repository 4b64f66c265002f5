import { expect, test } from 'vitest';
import { statementWork } from '../../../../src/core/safety/forecast/statement-work.ts';
import type { SentStatement } from '../../../../src/core/safety/recording.ts';
import { alter, column, create, drop, index, statement, table } from '../lint/lint-statements.ts';

const existing = new Map([
  ['t', 't'],
  ['other', 'other'],
]);
const before = table([column('a'), column('b')]);
const wider = table([column('a', { type: 'bigint' }), column('b')]);
const indexed = { ...before, indexes: [index('a', ['a']), index('b', ['b'])] };

const inPlace = { how: 'in place', blocks: 'nothing' } as const;
const copy = { how: 'copy', blocks: 'writes' } as const;
const unknown = { how: 'unknown', why: 'it is a view' } as const;

test.for<[string, SentStatement]>([
  ['it was refused', statement('ALTER TABLE t FORCE', { isRefused: true, verdict: copy })],
  ['it sets a variable', statement('SET a = 1')],
  ['it locks tables', statement('LOCK TABLES t WRITE')],
  ['it unlocks tables', statement('UNLOCK TABLES', { kind: 'unlocking' })],
  ['it reads no table', statement('SELECT 1')],
])('a statement does no work on a table if %s', ([, sent]) => {
  expect(statementWork(sent, existing)).toBeUndefined();
});

test.for<[string, SentStatement, object]>([
  [
    'a read is constant, and unsure',
    statement('SELECT a FROM t'),
    { kind: 'constant', tables: [], unsure: expect.stringContaining('reads rows first') },
  ],
  [
    'an update goes through the rows of its table, at which writes wait',
    statement('UPDATE t SET a = 1'),
    { kind: 'rows', tables: ['t'], blocks: 'writes', unsure: expect.stringContaining('fewer') },
  ],
  [
    'an INSERT of values is constant',
    statement('INSERT INTO t VALUES (1)'),
    { kind: 'constant', tables: [], blocks: 'nothing' },
  ],
  [
    'an INSERT in parentheses of rows of another table goes through both',
    statement('( INSERT INTO t SELECT a FROM other )', { kind: 'write' }),
    { kind: 'rows', tables: ['t', 'other'] },
  ],
  [
    'a write to a table that does not exist is constant',
    statement('DELETE FROM missing'),
    { kind: 'constant', tables: [] },
  ],
  [
    'a statement of which nobody knows the effect is constant, and unsure',
    statement('CALL p', { kind: 'opaque' }),
    { kind: 'constant', unsure: expect.stringContaining('not known') },
  ],
  [
    'an instant change is constant, whatever the size of its table',
    alter(before, wider, { verdict: { how: 'instant' } }),
    { kind: 'constant', tables: ['t'], blocks: 'nothing' },
  ],
  [
    'a change of definitions alone that names no table is constant',
    statement('CREATE VIEW v', { verdict: { how: 'definition' } }),
    { kind: 'constant', tables: [] },
  ],
  [
    'a copy blocks what the server says',
    alter(before, wider, { verdict: copy }),
    { kind: 'copy', tables: ['t'], blocks: 'writes', passes: 1 },
  ],
  [
    'a copy of nothing that exists is constant',
    statement('ALTER TABLE missing FORCE', { verdict: copy }),
    { kind: 'constant', tables: [] },
  ],
  [
    'a change in place of nothing that exists is constant',
    statement('ALTER TABLE missing FORCE', { verdict: inPlace }),
    { kind: 'constant', tables: [] },
  ],
  [
    'a table that is only written anew is a rebuild',
    statement('ALTER TABLE t FORCE', { verdict: inPlace }),
    { kind: 'rebuild', tables: ['t'] },
  ],
  [
    'an option that no row depends on is constant',
    statement('ALTER TABLE t COMMENT x', { verdict: inPlace }),
    { kind: 'constant', tables: ['t'] },
  ],
  [
    'an option beside one that writes the table anew is a rebuild',
    statement('ALTER TABLE t COMMENT x, ENGINE = InnoDB', { verdict: inPlace }),
    { kind: 'rebuild' },
  ],
  [
    'the server is believed when it shows that an option rebuilds a table',
    statement('ALTER TABLE t COMMENT x', { verdict: inPlace, rebuilds: true }),
    { kind: 'rebuild' },
  ],
  [
    'a change of stored columns in place is a rebuild',
    alter(before, wider, { verdict: inPlace }),
    { kind: 'rebuild', passes: 1 },
  ],
  [
    'the server is believed when it shows that a change does not rebuild its table',
    alter(before, wider, { verdict: inPlace, rebuilds: false }),
    { kind: 'constant' },
  ],
  [
    'two new indexes go through the rows twice',
    alter(before, indexed, { verdict: inPlace }),
    { kind: 'index', passes: 2 },
  ],
  [
    'indexes that are dropped are constant',
    alter(indexed, before, { verdict: inPlace }),
    { kind: 'constant', passes: 1 },
  ],
  [
    'a table that is made from a query goes through the rows of that',
    statement('CREATE TABLE x SELECT a FROM other', { verdict: unknown }),
    { kind: 'rows', tables: ['other'], blocks: 'writes' },
  ],
  [
    'a statement that was not judged and names no table is constant, and unsure',
    statement('GRANT x', { verdict: unknown }),
    { kind: 'constant', unsure: expect.stringContaining('not known') },
  ],
  [
    'a statement that was not judged counts as a copy at which everything waits, with the reason',
    statement('OPTIMIZE TABLE t', { verdict: unknown }),
    {
      kind: 'copy',
      tables: ['t'],
      blocks: 'everything',
      unsure: 'the time is that of a copy, as the server did not show how it works: it is a view',
    },
  ],
  [
    'a statement without a verdict counts as a copy, without a reason',
    statement('OPTIMIZE TABLE t'),
    { kind: 'copy', unsure: expect.stringMatching(/how it works$/) },
  ],
])('%s', ([, sent, expected]) => {
  expect(statementWork(sent, existing)).toMatchObject(expected);
});

const other = { ...before, name: 'other' };
const unlike = { ...table([column('z')]), name: 'other' };

test.for<[string, SentStatement, object[]]>([
  ['CREATE TABLE creates its table', create(before), [{ does: 'create', table: 't' }]],
  [
    'DROP TABLE drops each of its tables',
    drop(before, other),
    [
      { does: 'drop', table: 't' },
      { does: 'drop', table: 'other' },
    ],
  ],
  ['ALTER TABLE leaves its table', alter(before, wider), []],
  [
    'RENAME TABLE renames its table',
    statement('RENAME TABLE t TO other', {
      changes: [{ before }, { after: other }],
      renames: [
        { what: 'table', from: 't', to: 'other' },
        { what: 'column', from: 'a', to: 'c' },
      ],
    }),
    [{ does: 'rename', table: 't', to: 'other' }],
  ],
  [
    'a table that is gone beside one with its columns was renamed',
    statement('ALTER TABLE t RENAME TO other, ADD c INT', {
      changes: [{ before }, { after: other }],
    }),
    [{ does: 'rename', table: 't', to: 'other' }],
  ],
  [
    'a table that is gone beside one with other columns was not renamed',
    statement('ALTER TABLE t', { changes: [{ before }, { after: unlike }] }),
    [
      { does: 'drop', table: 't' },
      { does: 'create', table: 'other' },
    ],
  ],
])('of the effects on tables it is known that %s', ([, sent, effects]) => {
  expect(statementWork(sent, existing)?.effects).toEqual(effects);
});
