/** Numbers from 0 to below 1. */
type Random = () => number;

/** A type of a key column, and SQL literals of values that it can hold. */
export interface KeyType {
  readonly type: string;
  readonly value: (random: Random) => string;
  readonly on?: 'mysql' | 'mariadb' | 'mariadb11';
}

const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;
const below = (random: Random, end: number): number => Math.floor(random() * end);
const times = <Item>(count: number, make: () => Item): Item[] =>
  Array.from({ length: count }, make);

const whole = (digits: number) => (random: Random) =>
  `${pick(random, ['', '-'])}${times(1 + below(random, digits), () => below(random, 10)).join('')}`;
const natural = (digits: number) => (random: Random) =>
  times(1 + below(random, digits), () => below(random, 10)).join('');

/** Letters that are equal, or nearly so, under some collation, and those that are special in SQL. */
const LETTERS = [
  'a',
  'A',
  'ä',
  'Ä',
  'á',
  'ß',
  's',
  'S',
  'z',
  ' ',
  '\t',
  '\0',
  '%',
  '_',
  "'",
  '\\',
  '"',
  '?',
  'ł',
  '0',
  '-',
];
const text =
  (longest: number, letters: readonly string[] = LETTERS) =>
  (random: Random) => {
    const value = times(below(random, longest + 1), () => pick(random, letters)).join('');
    return `_utf8mb4 X'${Buffer.from(value).toString('hex')}'`;
  };
const bytes = (longest: number) => (random: Random) =>
  `X'${Buffer.from(times(below(random, longest + 1), () => pick(random, [0, 1, 32, 39, 92, 128, 255]))).toString('hex')}'`;

const two = (value: number) => String(value).padStart(2, '0');
const date = (random: Random) =>
  pick(random, ['0000-00-00', '2024-00-00', '9999-12-31']).slice(0, random() < 0.1 ? 10 : 0) ||
  `${1900 + below(random, 200)}-${two(1 + below(random, 12))}-${two(1 + below(random, 28))}`;
const clock = (random: Random) =>
  `${two(below(random, 24))}:${two(below(random, 60))}:${two(below(random, 60))}${pick(random, ['', '.5', '.000001', '.999999'])}`;
const dateTime = (random: Random) => `'${date(random)} ${clock(random)}'`;
/** Around the end of summer time in Berlin, when an hour comes twice, and at both ends of what the type holds. */
const timestamp = (random: Random) =>
  random() < 0.1
    ? pick(random, ["'0000-00-00 00:00:00'", 'FROM_UNIXTIME(1)', 'FROM_UNIXTIME(2147483646)'])
    : `FROM_UNIXTIME(${1_729_987_200 + below(random, 4 * 3_600)}.${below(random, 1_000_000)})`;
const real = (digits: number, exponent: number) => (random: Random) =>
  random() < 0.1
    ? '0'
    : `${pick(random, ['', '-'])}${below(random, 10)}.${times(digits, () => below(random, 10)).join('')}e${below(random, 2 * exponent) - exponent}`;
const hex = (random: Random, length: number) =>
  times(length, () => pick(random, [...'0123456789abcdef'])).join('');

/** Every type that a key column may have, with the collations that order it in different ways. */
export const KEY_TYPES: readonly KeyType[] = [
  { type: 'TINYINT', value: (random) => String(below(random, 256) - 128) },
  { type: 'SMALLINT UNSIGNED ZEROFILL', value: natural(4) },
  { type: 'INT', value: whole(9) },
  {
    type: 'BIGINT',
    value: (random) => (random() < 0.1 ? '-9223372036854775808' : whole(18)(random)),
  },
  {
    type: 'BIGINT UNSIGNED',
    value: (random) =>
      random() < 0.2 ? `184467440737095516${below(random, 16)}` : natural(19)(random),
  },
  { type: 'DECIMAL(30,10)', value: (random) => `${whole(20)(random)}.${natural(10)(random)}` },
  { type: 'DECIMAL(65,30)', value: (random) => `${whole(35)(random)}.${natural(30)(random)}` },
  { type: 'FLOAT', value: real(7, 30) },
  { type: 'DOUBLE', value: real(17, 300) },
  { type: 'BIT(1)', value: (random) => String(below(random, 2)) },
  {
    type: 'BIT(64)',
    value: (random) => (random() < 0.3 ? '18446744073709551615' : natural(19)(random)),
  },
  { type: 'YEAR', value: (random) => pick(random, ['0000', String(1901 + below(random, 254))]) },
  { type: 'DATE', value: (random) => `'${date(random)}'` },
  {
    type: 'TIME(6)',
    value: (random) =>
      `'${pick(random, ['', '-'])}${below(random, 838)}:${clock(random).slice(3)}'`,
  },
  { type: 'DATETIME(6)', value: dateTime },
  { type: 'DATETIME', value: dateTime },
  { type: 'TIMESTAMP(6)', value: timestamp },
  { type: 'TIMESTAMP', value: timestamp },
  { type: 'CHAR(6) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci', value: text(4) },
  {
    type: 'VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    value: text(4, [...LETTERS, '😀']),
  },
  {
    type: 'VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    value: text(4, [...LETTERS, '😀']),
  },
  {
    type: 'VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci',
    value: text(4, [...LETTERS, '😀']),
    on: 'mysql',
  },
  {
    type: 'VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs',
    value: text(4),
    on: 'mysql',
  },
  {
    type: 'VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci',
    value: text(4, [...LETTERS, '😀']),
    on: 'mariadb11',
  },
  { type: 'VARCHAR(12) CHARACTER SET latin1 COLLATE latin1_german2_ci', value: text(4) },
  { type: 'VARCHAR(12) CHARACTER SET ucs2 COLLATE ucs2_general_ci', value: text(4) },
  { type: 'CHAR(6) CHARACTER SET ascii', value: text(4, ['a', 'A', 'b', ' ', '~']) },
  { type: 'BINARY(5)', value: bytes(5) },
  { type: 'VARBINARY(8)', value: bytes(5) },
  { type: "ENUM('z', 'a', 'M', '10', '9')", value: (random) => String(below(random, 6)) },
  { type: "SET('b', 'a', 'c', 'z')", value: (random) => String(below(random, 16)) },
  {
    type: 'UUID',
    value: (random) =>
      `'${hex(random, 8)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 12)}'`,
    on: 'mariadb',
  },
  { type: 'INET6', value: (random) => `'${hex(random, 4)}::${hex(random, 2)}'`, on: 'mariadb' },
];
