import { expect, test, vi } from 'vitest';
import { IN_FULL, say } from '../../../chaos/support/form.ts';
import type { TestDatabase } from '../../../support/database.ts';
import { whyNot } from '../../../support/online-programs.ts';
import { changeBesideTwin } from './change-beside-twin.ts';

vi.setConfig({ testTimeout: 600_000 });

/**
 * Kinds of primary keys: the columns, the key, and the values of row `i`. `refused`: gh-ost loses rows, and reports
 * success, or finds no key.
 */
const KEYS: readonly {
  readonly columns: string;
  readonly key: string;
  readonly of: string;
  readonly refused?: true;
}[] = [
  { columns: 'id VARBINARY(16)', key: 'id', of: "CONCAT(UNHEX(HEX(i)), X'00')" },
  { columns: 'id INT', key: 'id', of: '10000 - i' },
  { columns: 'id BIGINT UNSIGNED', key: 'id', of: '18446744073709551615 - i' },
  { columns: 'id VARCHAR(40) COLLATE utf8mb4_0900_ai_ci', key: 'id', of: "CONCAT('Größe 🚀 ', i)" },
  { columns: 'id VARCHAR(40) COLLATE utf8mb4_bin', key: 'id', of: "CONCAT(i, 'ß\\\\''')" },
  {
    columns: 'id VARCHAR(40) CHARACTER SET latin1',
    key: 'id',
    of: "CONCAT('Größe ', i)",
    refused: true,
  },
  {
    columns: 'id VARCHAR(40) CHARACTER SET cp1251',
    key: 'id',
    of: "CONCAT('ж', i)",
    refused: true,
  },
  { columns: 'id VARCHAR(40) CHARACTER SET utf8mb3', key: 'id', of: "CONCAT('ö', i)" },
  { columns: 'id VARCHAR(40) CHARACTER SET ascii', key: 'id', of: "CONCAT('o', i)" },
  { columns: 'id CHAR(20)', key: 'id', of: "CONCAT('ö', i)" },
  { columns: 'id TIME(3)', key: 'id', of: 'SEC_TO_TIME(i * 61.007)' },
  { columns: 'id FLOAT', key: 'id', of: 'i / 3', refused: true },
  { columns: 'id BINARY(16)', key: 'id', of: "UNHEX(CONCAT(LPAD(HEX(i), 8, '0'), '0000'))" },
  { columns: 'id DECIMAL(20,6)', key: 'id', of: '(5000 - i) / 7' },
  {
    columns: 'id DATETIME(6)',
    key: 'id',
    of: "'2026-03-29 00:00:00' + INTERVAL i * 1500001 MICROSECOND",
  },
  { columns: 'id TIMESTAMP(3)', key: 'id', of: "'2026-10-25 00:00:00' + INTERVAL i SECOND" },
  { columns: 'id DATE', key: 'id', of: "'1990-01-01' + INTERVAL i DAY" },
  { columns: 'id DOUBLE', key: 'id', of: 'i / 3' },
  { columns: 'id BIT(20)', key: 'id', of: 'i', refused: true },
  { columns: "part ENUM('z','a','m'), id INT", key: 'part, id', of: '1 + i % 3, i' },
  { columns: 'a INT, id VARCHAR(20)', key: 'a, id', of: 'i % 7, i' },
];

test(`tables with any kind of primary key are changed while others write${whyNot('gh-ost')}`, async ({
  skip,
}) => {
  if (whyNot('gh-ost') !== '') skip();
  const wrong: string[] = [];
  for (const kind of IN_FULL ? KEYS : KEYS.filter(({ refused }, index) => refused || index === 0)) {
    const { database, attempt, writes } = await changeBesideTwin('keys', {
      definitions: `${kind.columns}, PRIMARY KEY (${kind.key})`,
      into: kind.key,
      values: kind.of,
    });
    if (kind.refused) {
      const code = attempt.status === 'failed' ? attempt.failure.code : attempt.status;
      if (code !== 'OnlineChangeRefused') wrong.push(`${kind.columns}: ${code}`);
      await database.drop();
      continue;
    }
    if (attempt.status === 'failed') wrong.push(`${kind.columns}: ${attempt.failure.message}`);
    const [tasks, twin] = [await checksum(database, 'tasks'), await checksum(database, 'twin')];
    if (tasks !== twin) wrong.push(`${kind.columns}: ${tasks}, but ${twin} (${writes} writes)`);
    if (writes < 20) wrong.push(`${kind.columns}: only ${writes} writes`);
    await database.drop();
    if (IN_FULL) say(`${kind.columns}: ${tasks}, ${writes} writes meanwhile.`);
  }
  expect(wrong).toEqual([]);
});

async function checksum(database: TestDatabase, table: string): Promise<string> {
  const columns = await database.query(
    'SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION',
    [table],
  );
  const all = columns.map(({ name }) => `HEX(CAST(${name} AS BINARY))`).join(', ');
  const [row] = await database.query(
    `SELECT COUNT(*) AS count, BIT_XOR(CRC32(CONCAT_WS('#', ${all}))) AS crc FROM ${table}`,
  );
  return `${row?.count} rows with ${row?.crc}`;
}
