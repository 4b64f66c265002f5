import { expect, test } from 'vitest';
import { createAskData } from '../../../../src/adapters/mysql/checks/ask-data.ts';
import { createTlsChooser } from '../../../../src/adapters/mysql/connection/tls.ts';
import type { DataAnswer } from '../../../../src/core/safety/checks/data-answer.ts';
import type { DataCheck } from '../../../../src/core/safety/checks/data-check.ts';
import type { RowCondition } from '../../../../src/core/safety/checks/data-condition.ts';
import type { ColumnDefinition } from '../../../../src/core/safety/table-definition.ts';
import { column } from '../../../core/safety/lint/lint-statements.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { testServer } from '../../../support/server.ts';

const ask = createAskData({ connectTimeoutMs: 3_000, tls: createTlsChooser({ mode: 'auto' }) });

/** A question about the rows of a table. */
function check(
  table: string,
  rows: RowCondition,
  key: readonly ColumnDefinition[] = [],
): DataCheck {
  const after = column('a', { type: 'varchar(200)' });
  return {
    ...{
      id: table,
      kind: 'violates-check',
      migration: '1',
      statement: 1,
      table,
      columns: [],
      finds: '',
    },
    refused: 'always',
    question: {
      table,
      columns: [{ after, source: { is: 'column', name: 'a', definition: after } }],
      key,
      condition: { of: 'rows', rows },
    },
  };
}

async function answersOf(
  database: TestDatabase,
  ...checks: readonly DataCheck[]
): Promise<DataAnswer[]> {
  const answers: DataAnswer[] = [];
  await ask(database, checks, { seconds: 20, onAnswer: (_, answer) => answers.push(answer) });
  return answers;
}

test('the key of a row is cut to its first characters, and that of bytes is shown as hexadecimal digits', async () => {
  const database = await createDatabase('ask');
  await database.query(
    'CREATE TABLE t (k VARCHAR(200), b VARBINARY(9), a VARCHAR(200), PRIMARY KEY (k, b))',
  );
  await database.query(`INSERT INTO t VALUES (REPEAT('k', 150), x'00ff', 'hush')`);
  const key = [column('k', { type: 'varchar(200)' }), column('b', { type: 'varbinary(9)' })];
  expect(await answersOf(database, check('t', { is: 'any row' }, key))).toEqual([
    {
      ...{ status: 'found', effect: 'refuses', count: 1 },
      key: [
        { column: 'k', value: 'k'.repeat(60) },
        { column: 'b', value: '00FF' },
      ],
    },
  ]);
});

test('rows are counted up to 1,000, and a table without a key names none', async () => {
  const database = await createDatabase('ask');
  await database.query('CREATE TABLE t (a VARCHAR(200))');
  await database.query(
    `INSERT INTO t VALUES ${Array.from({ length: 1_500 }, () => "('x')").join(', ')}`,
  );
  expect(await answersOf(database, check('t', { is: 'any row' }))).toEqual([
    { status: 'found', effect: 'refuses', count: 1_000, key: [] },
  ]);
});

test('a question that the server refuses has a reason without values, and the next ones are asked', async () => {
  const database = await createDatabase('ask');
  await database.query('CREATE TABLE t (a VARCHAR(200))');
  await database.query("INSERT INTO t VALUES ('hush')");
  const [missing, unknown, invalid, last] = await answersOf(
    database,
    check('gone', { is: 'any row' }),
    check('t', { is: 'not true', clause: '`other` > 0' }),
    check('t', {
      is: 'not true',
      clause: "EXTRACTVALUE('<a/>', CONCAT(`a`, '(')) IS NULL",
    }),
    check('t', { is: 'not true', clause: "`a` <> 'hush'" }),
  );
  expect(missing).toMatchObject({
    status: 'refused',
    why: expect.stringContaining("gone' doesn't exist"),
  });
  expect(unknown).toMatchObject({ status: 'refused', why: expect.stringContaining("'other'") });
  // The server's own text has the value in it.
  expect(invalid).toEqual({ status: 'refused', why: 'error 1105 of the server' });
  expect(last).toMatchObject({ status: 'found', count: 1 });
});

// On MySQL with a binary log a tenant's user may create no function.
test('questions are asked in a session that cannot write', async ({ skip }) => {
  if (testServer().flavour === 'mysql') skip();
  const database = await createDatabase('ask');
  await database.query('CREATE TABLE t (a VARCHAR(200))');
  await database.query("INSERT INTO t VALUES ('x')");
  await database.query(
    "CREATE FUNCTION writes() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO t VALUES ('y'); RETURN 0; END",
  );
  const [answer] = await answersOf(database, check('t', { is: 'not true', clause: 'writes()' }));
  expect(answer).toEqual({ status: 'refused', why: 'error 1792 of the server' });
  expect(await database.query('SELECT COUNT(*) AS n FROM t')).toEqual([{ n: 1 }]);
});
