import { expect, test } from 'vitest';
import { conversions } from '../../../../src/core/safety/checks/convert-column.ts';
import { valueWords } from '../../../../src/core/safety/checks/value-words.ts';
import { columnOf } from './column-of.ts';

/** Every type, with the answers for MySQL in the order of these lines. */
const MATRIX = [
  ['tinyint', '..!.!!!~~?!!!!#!!!#??!!???'],
  ['int', '!.!.!!!~~?!!!!#!!!#??!!???'],
  ['int unsigned', '!!..!!!~~?!!!!#!!!#??!!???'],
  ['bigint', '!!!.!!!~~?!!!!#!!!#??!!???'],
  ['bit(8)', '!!!!.?!..?????????????????'],
  ['year', '!!!!?.!..?!!!!#!!!????????'],
  ['decimal(6,2)', '####??.~~?!!!!#!!!????????'],
  ['float', '####??#..~!!!!#!!!????????'],
  ['double', '####??##.?!!!!#!!!????????'],
  ['float(7,2)', '####??#!..!!!!#!!!????????'],
  ['char(9)', '####?!#!!?....#!!!#!!!!?#?'],
  ['varchar(20)', '####?!#!!?#...#!!!#!!!!?#?'],
  ['tinytext', '####?!#!!?##..#!..#!!!!?#?'],
  ['text', '####?!#!!?##!.#!!.#!!!!?#?'],
  ['binary(9)', '####?!#!!?####.!!!???!!?#?'],
  ['varbinary(20)', '####?!#!!?#####.!!???!!?#?'],
  ['tinyblob', '####?!#!!?#####!..???!!?#?'],
  ['blob', '####?!#!!?#####!!.???!!?#?'],
  ["enum('a','b')", '~~~~??~???..!!#!!!.!??????'],
  ["set('a','b')", '~~~~??~???!!!!#!!!#.??????'],
  ['json', '??????????!!!!#!!!??.?????'],
  ['date', '####??????!!!!#!!!???..!??'],
  ['datetime(3)', '####??????!!!!#!!!???~.!~?'],
  ['timestamp(3)', '####??????!!!!#!!!???~..~?'],
  ['time(3)', '####??????!!!!#!!!??????.?'],
  ['point', '?????????????????????????.'],
] as const;
const TYPES = MATRIX.map(([type]) => type);

/**
 * The answer in a sign. `.`: every value is kept, `!`: some are refused, `~`: some are changed silently, `#`: both,
 * `?`: nobody knows, so that a plan has to show it.
 */
function sign(from: string, to: string, isMariaDb = false): string {
  const found = conversions(columnOf(from), columnOf(to), isMariaDb);
  if (found === undefined) return '?';
  if (found.length === 0) return '.';
  const isRefused = found.some(({ refused }) => refused === 'strict' || refused === 'always');
  const isChanged = found.some(({ refused }) => refused === 'never');
  return isRefused ? (isChanged ? '#' : '!') : '~';
}

test.each(MATRIX)(
  'values of %s are kept, refused or changed by each other type: %s',
  (from, signs) => {
    expect(TYPES.map((to) => sign(from, to)).join('')).toBe(signs);
  },
);

test('MariaDB differs from MySQL in numbers and times from texts, and in lists of numbers and long texts', () => {
  const pairs = TYPES.flatMap((from) => TYPES.map((to) => [from, to] as const));
  const differing = pairs.filter(([from, to]) => sign(from, to) !== sign(from, to, true));
  const texts = ['char(9)', 'varchar(20)', 'tinytext', 'text'];
  const bytes = ['binary(9)', 'varbinary(20)', 'tinyblob', 'blob'];
  const integers = ['tinyint', 'int', 'int unsigned', 'bigint'];
  const expected = [
    ...integers.map((from) => `${from} > enum('a','b')`),
    ...[...texts, ...bytes].flatMap((from) =>
      [...integers, 'time(3)'].map((to) => `${from} > ${to}`),
    ),
    'text > tinytext',
  ];
  expect(differing.map((pair) => pair.join(' > ')).sort()).toEqual(expected.sort());
});

test('all values that are refused or changed are put into words that do not repeat', () => {
  for (const from of TYPES) {
    for (const to of TYPES) {
      const found = conversions(columnOf(from), columnOf(to), false) ?? [];
      const words = found.map(({ condition }) => valueWords(condition, columnOf(to)));
      expect(new Set(words).size, `${from} > ${to}: ${words}`).toBe(words.length);
      for (const each of words) expect(each).toMatch(/^(?!.*undefined)\S.* |^NULL$/);
    }
  }
});

const lost = (before: string, after: string) =>
  conversions(
    { ...columnOf('varchar(20)'), charset: before },
    { ...columnOf('varchar(20)'), charset: after },
    false,
  )?.filter(({ condition }) => condition.is === 'not in charset').length;

test.each([
  ['latin1', 'utf8mb4', 0],
  ['utf8mb3', 'ucs2', 0],
  ['latin1', 'utf8mb3', 0],
  ['utf8mb4', 'utf8mb3', 1],
  ['utf8mb4', 'latin1', 1],
  ['latin1', 'ascii', 1],
  ['utf16', 'utf32', 0],
])('a text in %s that becomes %s loses characters in so many ways: %i', (before, after, ways) => {
  expect(lost(before, after)).toBe(ways);
});
