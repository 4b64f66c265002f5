import { expect, test } from 'vitest';
import { deriveChecks } from '../../../../src/core/safety/checks/derive-checks.ts';
import type { SentStatement } from '../../../../src/core/safety/recording.ts';
import {
  alter,
  column,
  create,
  index,
  primary,
  statement,
  table,
  text,
} from '../lint/lint-statements.ts';

const server = {
  product: 'MySQL',
  isMariaDb: false,
  version: '8.4.0',
  number: 8_004_000,
  lowerCaseTableNames: 0 as const,
};

/** The checks of migrations `1`, `2` and so on, of which all but the first are pending. */
function checksOf(...migrations: readonly (readonly SentStatement[])[]) {
  const recorded = migrations.map((statements, at) => ({ id: `${at + 1}`, statements }));
  const pending = new Set(recorded.slice(1).map(({ id }) => id));
  return deriveChecks({ server, migrations: recorded }, pending).checks;
}

const words = (checks: ReturnType<typeof checksOf>) =>
  checks.map(({ finds, blocked }) => (blocked === undefined ? finds : `${finds}: ${blocked}`));

const unique = (name: string) => index('u', [name], { isUnique: true, parts: [{ column: name }] });
const users = table([column('id', { isNullable: false }), text('email', 50), column('n')], {
  indexes: [primary('id')],
});
const withUnique = { ...users, indexes: [primary('id'), unique('email')] };
const addUnique = alter(users, withUnique);

test('a new unique key asks for rows with the same values, and names them by the primary key', () => {
  const [check] = checksOf([create(users)], [addUnique]);
  expect(check).toMatchObject({
    kind: 'duplicates',
    finds: 't has rows with the same email',
    refused: 'always',
  });
  expect(check?.question).toMatchObject({ table: 't', key: [{ name: 'id' }] });
});

test('an unchanged unique key asks nothing, and one whose collation changed does', () => {
  const old = {
    ...withUnique,
    columns: [users.columns[0], text('email', 50, { collation: 'utf8mb4_bin' })].map(
      (each) => each ?? column('x'),
    ),
  };
  const now = {
    ...old,
    columns: [
      old.columns[0] ?? column('x'),
      text('email', 50, { collation: 'utf8mb4_general_ci' }),
    ],
  };
  expect(words(checksOf([create(old)], [alter(old, { ...old, charset: 'x' })]))).toEqual([]);
  expect(words(checksOf([create(old)], [alter(old, now)]))).toEqual([
    't has rows with the same email',
  ]);
});

test('a table that a pending migration creates has no rows to ask for, unless it is filled', () => {
  expect(checksOf([], [create(users)], [addUnique])).toEqual([]);
  const fill = statement('INSERT INTO t SELECT 1');
  expect(words(checksOf([], [create(users)], [fill], [addUnique]))).toEqual([
    't has rows with the same email: not checkable before 3',
  ]);
});

test('rows that a pending migration writes first make a check wait for it', () => {
  for (const sql of [
    'DELETE FROM t WHERE n',
    'INSERT INTO `t` VALUES',
    'UPDATE t, x SET a',
    'REPLACE t VALUES',
  ]) {
    expect(
      words(checksOf([create(users)], [statement(sql, { kind: 'write' })], [addUnique])),
      sql,
    ).toEqual(['t has rows with the same email: not checkable before 2']);
  }
});

test('an update of one column makes only checks of that column wait', () => {
  const nowNumbers = {
    ...users,
    columns: users.columns.map((each) =>
      each.name === 'n' ? { ...each, isNullable: false } : each,
    ),
  };
  const update = statement('UPDATE t SET n = IF ( a , b , c ) WHERE email');
  expect(words(checksOf([create(users)], [update], [addUnique]))).toEqual([
    't has rows with the same email',
  ]);
  expect(words(checksOf([create(users)], [update], [alter(users, nowNumbers)]))).toEqual([
    't.n has NULL: not checkable before 2',
  ]);
});

test('a statement that may write anywhere, a trigger and a cascade make checks wait', () => {
  const child = table([column('t_id')], {
    name: 'child',
    foreignKeys: [{ name: 'fk', columns: ['t_id'], parent: 't', parentColumns: ['id'] }],
  });
  const childUnique = { ...child, indexes: [unique('t_id')] };
  const write = statement('DELETE FROM t');
  const blocked = ['child has rows with the same t_id: not checkable before 2'];
  const change = alter(child, childUnique);
  expect(words(checksOf([create(users, child)], [write], [change]))).toEqual(blocked);
  const call = statement('CALL p', { kind: 'opaque' });
  expect(words(checksOf([create(users, child)], [call], [change]))).toEqual(blocked);
  const other = table([column('a')], { name: 'other' });
  const trigger = statement('CREATE TRIGGER x AFTER INSERT ON other FOR EACH ROW');
  const insert = statement('INSERT INTO other VALUES');
  expect(words(checksOf([create(other, child), trigger], [insert], [change]))).toEqual(blocked);
  expect(words(checksOf([create(other, child)], [insert], [change]))).toEqual([
    'child has rows with the same t_id',
  ]);
});

test('renamed tables and columns are asked by the names that they have now', () => {
  const moved = { ...users, name: 'people' };
  const renamed = {
    ...moved,
    columns: moved.columns.map((each) =>
      each.name === 'email' ? { ...each, name: 'mail' } : each,
    ),
  };
  const last = { ...renamed, indexes: [primary('id'), unique('mail')] };
  const [check] = checksOf(
    [create(users)],
    [alter(users, moved, { renames: [{ what: 'table', from: 't', to: 'people' }] })],
    [alter(moved, renamed, { renames: [{ what: 'column', from: 'email', to: 'mail' }] })],
    [alter(renamed, last)],
  );
  expect(check).toMatchObject({ table: 'people', finds: 'people has rows with the same mail' });
  expect(check?.question).toMatchObject({ table: 't' });
  expect(check?.question?.columns[1]?.source).toMatchObject({ is: 'column', name: 'email' });
});

test('tables that swap their names keep their rows apart', () => {
  const other = { ...users, name: 'other' };
  const swap = statement('RENAME TABLE t TO x, other TO t, x TO other', {
    changes: [
      { before: other, after: users },
      { before: users, after: other },
    ],
  });
  const [check] = checksOf([create(users, other)], [swap], [addUnique]);
  expect(check?.question).toMatchObject({ table: 'other' });
});

test('a foreign key to a table that a pending migration creates finds every row that has a value', () => {
  const parent = table([column('id')], { name: 'p' });
  const child = {
    ...users,
    foreignKeys: [{ name: 'fk', columns: ['n'], parent: 'p', parentColumns: ['id'] }],
  };
  const [check] = checksOf([create(users)], [create(parent), alter(users, child)]);
  expect(check).toMatchObject({ kind: 'orphans', refused: 'always' });
  expect(check?.question?.condition).toMatchObject({ rows: { is: 'orphan', columns: ['n'] } });
  const unchecked = alter(users, child, { checksForeignKeys: false });
  expect(checksOf([create(users, parent)], [unchecked])).toMatchObject([
    { refused: 'unseen', question: { condition: { rows: { parent: 'p' } } } },
  ]);
  const filled = checksOf(
    [create(users)],
    [create(parent), statement('INSERT INTO p VALUES')],
    [alter(users, child)],
  );
  expect(words(filled)).toEqual(['t has rows whose n is in no row of p: not checkable before 2']);
});

test('a conversion that nobody has measured is named, and not passed over', () => {
  const after = {
    ...users,
    columns: users.columns.map((each) =>
      each.name === 'n' ? { ...each, type: 'geometry' } : each,
    ),
  };
  expect(words(checksOf([create(users)], [alter(users, after)]))).toEqual([
    't.n has values that become GEOMETRY: Fanfold does not know how servers convert INT to GEOMETRY',
  ]);
});

test('migrations that did not run on the scratch server are named', () => {
  const failure = { migration: '2' } as never;
  const recording = {
    server,
    failure,
    migrations: [
      { id: '1', statements: [create(users)] },
      { id: '2', statements: [addUnique] },
    ],
  };
  expect(deriveChecks(recording, new Set(['2', '3']))).toEqual({
    checks: [],
    unchecked: ['2', '3'],
  });
});

test('code that reads rows before may change them, so that what is found is not sure', () => {
  const other = { ...users, name: 'o' };
  const start = [create(users), create(other)];
  const readBefore = (...pending: readonly (readonly SentStatement[])[]) =>
    checksOf(start, ...pending).map((check) => check.readBefore);
  const read = statement('SELECT `id` FROM `t`');
  const readOther = statement('SELECT `id` FROM `o`');
  expect(readBefore([addUnique])).toEqual([undefined]);
  expect(readBefore([addUnique, read])).toEqual([undefined]);
  // Rows of one table may be copied to another one by the same code.
  for (const before of [read, readOther]) expect(readBefore([before, addUnique])).toEqual(['2']);
  expect(readBefore([read], [addUnique])).toEqual(['2']);
  expect(readBefore([readOther], [addUnique])).toEqual([undefined]);
  expect(
    readBefore([statement('SELECT 1 FROM `information_schema` . `tables`'), addUnique]),
  ).toEqual([undefined]);
  const applied = checksOf([...start, read], [addUnique]);
  expect(applied.map((check) => check.readBefore)).toEqual([undefined]);
});

test('partitions and constraints that are new are checked', () => {
  const partitions = { method: 'RANGE', expression: '`id`', values: ['10', '20'] };
  const checkDefinitions = [{ name: 'positive', clause: '(`n` > 0)', isEnforced: true }];
  const after = { ...users, partitions, checkDefinitions };
  expect(words(checksOf([create(users)], [alter(users, after)]))).toEqual([
    't has rows that violate positive',
    't has rows that no partition takes',
  ]);
  const open = { ...after, partitions: { ...partitions, values: ['10', 'MAXVALUE'] } };
  expect(words(checksOf([create(after)], [alter(after, open)]))).toEqual([]);
});

test('with IGNORE rows are deleted or changed, and only foreign keys are still refused', () => {
  const child = {
    ...users,
    columns: users.columns.map((each) => (each.name === 'n' ? { ...each, type: 'tinyint' } : each)),
    indexes: withUnique.indexes,
    foreignKeys: [{ name: 'fk', columns: ['n'], parent: 'p', parentColumns: ['id'] }],
  };
  const parent = table([column('id')], { name: 'p' });
  const tokens = ['ALTER', 'IGNORE', 'TABLE', 'T'];
  const found = checksOf([create(users, parent)], [alter(users, child, { tokens })]);
  expect(found.map(({ kind, refused }) => `${kind} ${refused}`)).toEqual([
    'out-of-range never',
    'duplicates deletes',
    'orphans always',
  ]);
});

test('a new column that numbers the rows asks for more rows than it has numbers', () => {
  const added = (type: string) =>
    alter(users, {
      ...users,
      columns: [...users.columns, column('no', { type, isAutoIncrement: true, isNullable: false })],
    });
  expect(words(checksOf([create(users)], [added('smallint')]))).toEqual([
    't has more rows than SMALLINT has numbers',
  ]);
  expect(checksOf([create(users)], [added('int')])).toEqual([]);
});
