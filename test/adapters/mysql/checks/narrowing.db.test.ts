import fc from 'fast-check';
import type { Connection } from 'mysql2/promise';
import { expect, test, vi } from 'vitest';
import { valueSql } from '../../../../src/adapters/mysql/checks/value-sql.ts';
import { columnType } from '../../../../src/core/safety/checks/column-type.ts';
import { conversions } from '../../../../src/core/safety/checks/convert-column.ts';
import { column } from '../../../core/safety/lint/lint-statements.ts';
import { createDatabase } from '../../../support/database.ts';
import { testServer } from '../../../support/server.ts';

vi.setConfig({ testTimeout: 300_000 });

/** Changes that are tried: each costs a few DDL statements. */
const RUNS = process.env.FANFOLD_TEST_DATA_KINDS === 'all' ? 400 : 40;

const CHARSET = { charset: 'utf8mb4', collation: 'utf8mb4_bin' };

const integer = fc.constantFrom(
  ...['tinyint', 'smallint', 'mediumint', 'int', 'bigint'].flatMap((type) => [
    type,
    `${type} unsigned`,
  ]),
);
const decimal = fc
  .tuple(fc.integer({ min: 1, max: 18 }), fc.nat({ max: 6 }), fc.boolean())
  .map(
    ([precision, scale, isUnsigned]) =>
      `decimal(${precision},${Math.min(scale, precision)})${isUnsigned ? ' unsigned' : ''}`,
  );
const number = fc.oneof(integer, decimal);

/** A number near a power of two or ten, at which types end. */
const value = fc
  .tuple(
    fc.constantFrom(2n, 10n),
    fc.nat({ max: 20 }),
    fc.integer({ min: -2, max: 2 }),
    fc.boolean(),
    fc.constantFrom('', '.4', '.5', '.49', '.995', '.0001'),
  )
  .map(
    ([base, power, off, isNegative, fraction]) =>
      `${isNegative ? '-' : ''}${base ** BigInt(power) + BigInt(off) < 0n ? 0n : base ** BigInt(power) + BigInt(off)}${fraction}`,
  );

const text = fc.oneof(
  fc.nat({ max: 12 }).map((most) => `varchar(${most + 1})`),
  fc.nat({ max: 12 }).map((most) => `char(${most + 1})`),
  fc.nat({ max: 20 }).map((most) => `varbinary(${most + 1})`),
);
const words = fc
  .array(fc.constantFrom('a', 'b ', ' ', 'é', '漢', '😀', '1'), { maxLength: 8 })
  .map((parts) => `'${parts.join('')}'`);

const definition = (type: string) => column('c', { type, ...(type.includes('char') && CHARSET) });
const declared = (type: string) =>
  type.includes('char') ? `${type} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin` : type;

/** The answer of the checks about a value, and what the server then does to it. */
async function tryChange(connection: Connection, from: string, to: string, literal: string) {
  await connection.query(
    `SET sql_mode = ''; DROP TABLE IF EXISTS t; CREATE TABLE t (id INT PRIMARY KEY, c ${declared(from)}); INSERT INTO t VALUES (1, ${literal})`,
  );
  const before = definition(from);
  const { flavour } = testServer();
  const isMariaDb = flavour === 'mariadb';
  const found = conversions(before, definition(to), isMariaDb) ?? [];
  const mode = {
    isStrict: true,
    refusesZeroDates: false,
    refusesZeroInDates: false,
    keepsZero: false,
  };
  const facts = { isMariaDb, number: 0, mode };
  const said = new Set<string>();
  for (const { condition, refused } of found) {
    const sql = valueSql(condition, { sql: 't.c', family: columnType(before).family }, facts);
    const [rows] = await connection.query(`SELECT 1 FROM t WHERE ${sql}`);
    if ((rows as unknown[]).length > 0) said.add(refused);
  }
  const read = async () => {
    const [rows] = await connection.query({
      sql: 'SELECT CAST(c AS CHAR), 0, HEX(c) FROM t',
      rowsAsArray: true,
    });
    return (rows as (string | number)[][])[0] ?? [];
  };
  const old = await read();
  await connection.query("SET sql_mode = 'STRICT_TRANS_TABLES'");
  const error = await connection.query(`ALTER TABLE t MODIFY c ${declared(to)}`).then(
    () => undefined,
    (thrown: Error) => thrown.message,
  );
  await connection.query("SET sql_mode = ''");
  const now = await read();
  const isText = /char|bin/.test(from + to);
  const isKept = isText ? old[2] === now[2] : plain(old[0]) === plain(now[0]);
  return {
    said:
      said.has('strict') || said.has('always') ? 'refused' : said.has('never') ? 'changed' : 'kept',
    done: error !== undefined ? 'refused' : isKept ? 'kept' : 'changed',
    error,
  };
}

/** A number without zeros at its end, exactly. */
function plain(number: string | number | undefined): string {
  const text = String(number);
  return text.includes('.') ? text.replace(/0+$/, '').replace(/[.]$/, '') : text;
}

test('of a number that gets any other type of number the check says what the server does', async () => {
  const connection = await (await createDatabase('narrowing')).multiConnection();
  await fc.assert(
    fc.asyncProperty(number, number, value, async (from, to, literal) => {
      const { said, done, error } = await tryChange(connection, from, to, literal);
      expect(said, `${literal} as ${from} to ${to}: ${error ?? ''}`).toBe(done);
    }),
    { numRuns: RUNS },
  );
});

test('of a text that gets another length or form the check says what the server does', async () => {
  const connection = await (await createDatabase('narrowing')).multiConnection();
  await fc.assert(
    fc.asyncProperty(text, text, words, async (from, to, literal) => {
      const { said, done, error } = await tryChange(connection, from, to, literal);
      expect(said, `${literal} as ${from} to ${to}: ${error ?? ''}`).toBe(done);
    }),
    { numRuns: RUNS },
  );
});
