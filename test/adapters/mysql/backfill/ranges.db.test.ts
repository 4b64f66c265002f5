import { describe, expect, it } from 'vitest';
import type { KeyColumn } from '../../../../src/adapters/mysql/migration/engine/backfill/key-column.ts';
import { keyRange } from '../../../../src/adapters/mysql/migration/engine/backfill/key-sql.ts';
import { createDatabase } from '../../../support/database.ts';

const int = (name: string): KeyColumn => ({ name, kind: 'number', dataType: 'int' });
const text: KeyColumn = {
  name: 'c',
  kind: 'text',
  dataType: 'varchar',
  charset: 'latin1',
  collation: 'latin1_swedish_ci',
};
const hex = (value: string) => Buffer.from(value).toString('hex').toUpperCase();

describe('a range of keys', () => {
  it.each([
    [
      'one column',
      [int('a')],
      ['400'],
      ['420'],
      'a INT, b INT, c VARCHAR(9) CHARACTER SET latin1, PRIMARY KEY (a)',
    ],
    [
      'two columns',
      [int('b'), int('a')],
      ['3', '400'],
      ['3', '900'],
      'a INT, b INT, c VARCHAR(9) CHARACTER SET latin1, PRIMARY KEY (b, a)',
    ],
    [
      'two columns over a step',
      [int('b'), int('a')],
      ['3', '2980'],
      ['4', '20'],
      'a INT, b INT, c VARCHAR(9) CHARACTER SET latin1, PRIMARY KEY (b, a)',
    ],
    [
      'three columns with text',
      [text, int('b'), int('a')],
      [hex('x2'), '3', '400'],
      [hex('x2'), '3', '900'],
      'a INT, b INT, c VARCHAR(9) CHARACTER SET latin1, PRIMARY KEY (c, b, a)',
    ],
  ])(
    'of %s is read from the index, and from nothing else',
    async (_, key, lower, upper, columns) => {
      const database = await createDatabase('ranges');
      const connection = await database.connection();
      await connection.query(`CREATE TABLE t (${columns}, n INT NOT NULL DEFAULT 0)`);
      const rows = Array.from({ length: 3_000 }, (_, i) => `(${i}, ${i % 10}, 'x${i % 5}')`);
      await connection.query(`INSERT INTO t (a, b, c) VALUES ${rows.join()}`);
      await connection.query('ANALYZE TABLE t');
      const range = keyRange(key, lower, upper);
      const [plan] = await connection.query(
        `EXPLAIN FORMAT = TRADITIONAL UPDATE t FORCE INDEX (PRIMARY) SET n = n + 1 WHERE ${range}`,
      );
      const [{ type, key: index, rows: estimate }] = plan as [
        { type: string; key: string; rows: number },
      ];
      expect([type, index]).toEqual(['range', 'PRIMARY']);
      expect(Number(estimate)).toBeLessThan(200);
      await database.drop();
    },
  );
});
