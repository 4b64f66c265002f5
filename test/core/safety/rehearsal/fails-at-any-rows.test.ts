import { expect, test } from 'vitest';
import type { OwnFailure } from '../../../../src/core/failure.ts';
import type { SentStatement } from '../../../../src/core/safety/recording.ts';
import {
  failsAtAnyRows,
  isSameWrongText,
} from '../../../../src/core/safety/rehearsal/fails-at-any-rows.ts';
import { alter, column, create, index, primary, table } from '../lint/lint-statements.ts';

const server = {
  product: 'MySQL',
  isMariaDb: false,
  version: '8.4.0',
  number: 8_004_000,
  lowerCaseTableNames: 0 as const,
};

const before = table([column('id', { isNullable: false }), column('a')], {
  indexes: [primary('id')],
});
const unique = (name: string) => index('u', [name], { isUnique: true, parts: [{ column: name }] });
const withNew = {
  ...before,
  columns: [...before.columns, column('b', { position: 3, isNullable: false })],
};
const keyed = (name: string) => ({ ...withNew, indexes: [primary('id'), unique(name)] });

/** Whether a migration that adds the column `b`, and then a unique key, fails at the key for any rows. */
function fails(name: string, failedAt = 2): boolean {
  const statements: SentStatement[] = [
    alter(before, withNew, { number: 1 }),
    alter(withNew, keyed(name), { number: 2 }),
  ];
  return failsAtAnyRows(
    { failure: failureAt(failedAt, 'ALTER TABLE t'), statements },
    { id: '1', statements },
    server,
  );
}

function failureAt(number: number, text: string): OwnFailure {
  return {
    ...{ code: 'StatementFailed', message: 'Duplicate entry', nextStep: '', retryable: false },
    statement: { number, text },
    sqlState: '23000',
    fingerprint: 'x',
  } as unknown as OwnFailure;
}

test('a unique key on a new column with a default fails at any rows', () => {
  expect(fails('b')).toBe(true);
});

test('a unique key on an older column fails at some rows only', () => {
  expect(fails('a')).toBe(false);
});

test('a statement that constrains nothing, or that empty tables did not see, proves nothing', () => {
  expect(fails('b', 1)).toBe(false);
  expect(fails('b', 3)).toBe(false);
});

test('a table that the migration makes has no rows of a tenant', () => {
  const statements = [create(keyed('a'))];
  const failure = failureAt(1, 'CREATE TABLE t');
  expect(failsAtAnyRows({ failure, statements }, { id: '1', statements }, server)).toBe(false);
});

test('the same text is wrong with any values only if the server does not know what it names', () => {
  const unknown = { ...failureAt(1, 'DROP TABLE gone'), sqlState: '42S02' };
  expect(isSameWrongText(unknown, unknown)).toBe(true);
  expect(isSameWrongText(unknown, { ...unknown, message: 'Unknown table' })).toBe(false);
  expect(isSameWrongText(failureAt(1, 'x'), failureAt(1, 'x'))).toBe(false);
});
