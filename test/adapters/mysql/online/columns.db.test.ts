import { expect, test, vi } from 'vitest';
import { whyNot } from '../../../support/online-programs.ts';
import { changeBesideTwin } from './change-beside-twin.ts';

vi.setConfig({ testTimeout: 600_000 });

/** Columns of a table whose key is a number, with the values of row `i`. */
const COLUMNS: readonly { readonly type: string; readonly of: string }[] = [
  { type: 'VARCHAR(40) CHARACTER SET latin1', of: "CONCAT('Größe é', i)" },
  { type: 'VARCHAR(40) CHARACTER SET cp1251', of: "CONCAT('ж', i)" },
  { type: 'TEXT CHARACTER SET latin1', of: "CONCAT('ü', i)" },
  { type: 'VARCHAR(40) CHARACTER SET utf8mb3', of: "CONCAT('ö', i)" },
  { type: 'VARCHAR(40) CHARACTER SET sjis', of: "CONCAT('日本', i)" },
  { type: 'VARCHAR(40) CHARACTER SET gbk', of: "CONCAT('中', i)" },
  { type: 'CHAR(20) CHARACTER SET utf16', of: "CONCAT('中🚀', i)" },
  { type: "ENUM('ä','b','ц')", of: '1 + i % 3' },
  { type: "ENUM('ä','b') CHARACTER SET latin1", of: '1 + i % 2' },
  { type: "SET('ä','b','c')", of: 'i % 8' },
  { type: 'BIT(9)', of: 'i % 512' },
  { type: 'BINARY(8)', of: "UNHEX(CONCAT(LPAD(HEX(i), 6, '0'), '00'))" },
  { type: 'VARBINARY(8)', of: "UNHEX(CONCAT(LPAD(HEX(i), 6, '0'), '00FF00'))" },
  { type: 'BLOB', of: "UNHEX('00FF80')" },
  { type: 'DECIMAL(30,10)', of: '-i / 7' },
  { type: 'DOUBLE', of: 'i / 3e100' },
  { type: 'FLOAT', of: 'i / 3' },
  { type: 'BIGINT UNSIGNED', of: '18446744073709551615 - i' },
  { type: 'MEDIUMINT', of: '-i' },
  { type: 'YEAR', of: '1901 + i % 200' },
  { type: 'TIME(6)', of: 'SEC_TO_TIME(-i * 1.000001)' },
  { type: 'DATETIME(6)', of: "'2026-03-29 02:30:00' + INTERVAL i * 1000001 MICROSECOND" },
  { type: 'TIMESTAMP(6) NULL', of: "'2026-10-25 00:00:00' + INTERVAL i SECOND" },
  { type: 'DATE', of: "'1000-01-01' + INTERVAL i DAY" },
  { type: 'POINT', of: 'POINT(i / 3, -i)' },
  { type: 'INT AS (n * 2) STORED', of: '' },
  { type: "VARCHAR(60) AS (CONCAT(note, 'ä')) VIRTUAL", of: '' },
];
const NAMED = COLUMNS.map(({ type, of }, index) => ({ name: `c${index}`, type, of }));
const WRITTEN = NAMED.filter(({ of }) => of !== '');
const INTO = ['id', ...WRITTEN.map(({ name }) => name)].join(', ');
/** Every eleventh row has no values. */
const VALUES = ['i', ...WRITTEN.map(({ of }) => `IF(i % 11 = 0, NULL, ${of})`)].join(', ');

test(`columns of any type keep their values while others write${whyNot('gh-ost')}`, async ({
  skip,
}) => {
  if (whyNot('gh-ost') !== '') skip();
  const definitions = NAMED.map(({ name, type }) => `${name} ${type}`).join(', ');
  const { database, attempt, writes } = await changeBesideTwin('columns', {
    definitions: `id INT PRIMARY KEY, ${definitions}`,
    into: INTO,
    values: VALUES,
  });
  expect(attempt.status === 'failed' ? attempt.failure.message : attempt.status).toBe('migrated');
  expect(writes).toBeGreaterThan(10);
  const wrong: string[] = [];
  for (const { name, type } of NAMED) {
    const [row] = await database.query(
      `SELECT COUNT(*) AS count FROM tasks a JOIN twin b USING (id) WHERE NOT (CAST(a.${name} AS BINARY) <=> CAST(b.${name} AS BINARY))`,
    );
    if (row?.count !== 0) wrong.push(`${type}: ${row?.count} rows differ`);
  }
  const count = (table: string) => database.query(`SELECT COUNT(*) AS count FROM ${table}`);
  expect(wrong).toEqual([]);
  expect(await count('tasks')).toEqual(await count('twin'));
});
