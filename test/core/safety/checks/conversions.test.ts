import { expect, test } from 'vitest';
import { conversions } from '../../../../src/core/safety/checks/convert-column.ts';
import { valueWords } from '../../../../src/core/safety/checks/value-words.ts';
import { columnOf as of } from './column-of.ts';

/** How the server treats values of one type that become another, in words; `?` if nobody knows. */
function words(from: string, to: string, isMariaDb = false): string[] {
  const found = conversions(of(from), of(to), isMariaDb);
  return (
    found?.map(({ condition, refused }) => `${valueWords(condition, of(to))}: ${refused}`) ?? ['?']
  );
}

// Real servers are compared in test/adapters/mysql/checks; this holds the texts and what is not asked at all.
test.each([
  ['int', 'bigint', []],
  ['int(11)', 'int', []],
  ['int', 'tinyint', ['numbers that TINYINT does not hold: strict']],
  ['decimal(6,2)', 'decimal(8,2)', []],
  ['decimal(6,2)', 'decimal(6,1)', ['fractions that DECIMAL(6,1) rounds: never']],
  ['decimal(6,2)', 'float', ['numbers that FLOAT does not hold exactly: never']],
  ['varchar(20)', 'varchar(30)', []],
  ['varchar(20)', 'varchar(10)', ['values longer than 10 characters: strict']],
  ['varchar(20)', 'text', []],
  ['text', 'tinytext', ['values longer than 255 bytes: strict']],
  ['varchar(20)', 'char(30)', ['spaces at the end, which CHAR does not keep: never']],
  ['varchar(20)', 'json', ['texts that are not JSON: always']],
  ['varchar(20)', 'date', ['values that are not a date: strict']],
  [
    'varchar(20)',
    'time',
    ['values that are not a time: strict', 'empty texts, of which TIME makes zero: never'],
  ],
  ['datetime', 'date', ['a time of day, which DATE does not keep: never']],
  ['datetime', 'timestamp', ['dates that TIMESTAMP does not hold: strict']],
  ['datetime(6)', 'datetime(3)', ['fractions of seconds that DATETIME(3) does not keep: never']],
  ['date', 'datetime', []],
  ["enum('a','b')", "enum('a','b','c')", []],
  ["enum('a','b')", "enum('a')", ['values that are not in the ENUM: strict']],
  ["set('a','b')", "set('b')", ['values that are not in the SET: strict']],
  ["enum('a','b')", 'int', ['values that INT keeps in another form: never']],
  [
    'varbinary(20)',
    'binary(10)',
    [
      'values longer than 10 bytes: strict',
      'values shorter than 10 bytes, which are filled with zero bytes: never',
    ],
  ],
  ['bit(8)', 'bit(9)', []],
  ['double', 'float(7,2)', ['?']],
  ['point', 'int', ['?']],
  ['bit(8)', 'varchar(9)', ['?']],
  ['year', 'date', ['?']],
] as const)(
  'of values of %s that become %s it is known which are refused or changed',
  (from, to, expected) => {
    expect(words(from, to)).toEqual(expected);
  },
);

test('MariaDB refuses fractions in texts that become whole numbers, and MySQL rounds them', () => {
  expect(words('varchar(9)', 'int', true)[0]).toBe('texts that are not whole numbers: strict');
  expect(words('varchar(9)', 'int')).toContain('fractions that INT rounds: never');
});

test('a column that no longer allows NULL asks for NULL, and one that gets numbers for zero', () => {
  const nullable = of('int');
  const filled = { ...nullable, isNullable: false };
  expect(conversions(nullable, filled, false)).toEqual([
    { condition: { is: 'null' }, refused: 'strict' },
  ]);
  expect(conversions(filled, nullable, false)).toEqual([]);
  expect(conversions(nullable, { ...filled, isAutoIncrement: true }, false)).toEqual([
    { condition: { is: 'null' }, refused: 'never' },
    { condition: { is: 'zero' }, refused: 'never' },
  ]);
  const time = of('timestamp');
  expect(conversions(time, { ...time, isNullable: false }, true)?.[0]?.refused).toBe('never');
});
