import { expect, test } from 'vitest';
import { queryOfTable } from '../../../../src/adapters/mysql/sql/query-of-table.ts';
import { sqlTokens } from '../../../../src/adapters/mysql/sql/sql-tokens.ts';
import { createDatabase } from '../../../support/database.ts';
import { testServer } from '../../../support/server.ts';

/** Text after the words CREATE TABLE. The table `source` has rows. */
const SHAPES: readonly { readonly sql: string; readonly on?: 'mysql' | 'mariadb' }[] = [
  { sql: 'n (id INT)' },
  { sql: 'n LIKE source' },
  { sql: 'n (LIKE source)' },
  { sql: 'n SELECT * FROM source' },
  { sql: 'n AS SELECT * FROM source' },
  { sql: 'n AS (SELECT * FROM source)' },
  { sql: 'n (SELECT * FROM source)' },
  { sql: 'n (id INT PRIMARY KEY) SELECT id FROM source' },
  { sql: 'n (id INT PRIMARY KEY) IGNORE SELECT id FROM source' },
  { sql: 'n ENGINE=InnoDB AS SELECT id FROM source UNION SELECT 7' },
  { sql: 'n AS WITH some AS (SELECT id FROM source) SELECT * FROM some' },
  { sql: 'n WITH RECURSIVE some (id) AS (SELECT 1) SELECT * FROM some' },
  { sql: 'n AS WITH some (id) AS (SELECT 1) SELECT * FROM some' },
  { sql: 'n TABLE source', on: 'mysql' },
  { sql: 'n AS TABLE source', on: 'mysql' },
  { sql: 'n VALUES ROW(1, 2), ROW(3, 4)', on: 'mysql' },
  { sql: 'n VALUES (1, 2), (3, 4)', on: 'mariadb' },
  { sql: 'n (a INT, b INT) VALUES (1, 2)', on: 'mariadb' },
  { sql: 'n (id INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (5))' },
  { sql: 'n (id INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN MAXVALUE)' },
  { sql: 'n (id INT) PARTITION BY LIST (id) (PARTITION p0 VALUES IN (1, 2, 3))' },
  { sql: 'n (id INT) PARTITION BY LIST COLUMNS (id) (PARTITION p0 VALUES IN (1))' },
  { sql: 'n PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9)) SELECT id FROM source' },
  { sql: 'n (id INT) WITH SYSTEM VERSIONING', on: 'mariadb' },
  { sql: 'n (body TEXT, FULLTEXT KEY (body) WITH PARSER ngram)', on: 'mysql' },
  { sql: "n (`select` INT, `values` INT, `table` INT DEFAULT 1) COMMENT 'AS SELECT 1'" },
  { sql: 'n (id INT, doubled INT AS (id * 2), CHECK (id > 0))' },
  { sql: 'n (id INT) /* SELECT */' },
];

test('the query of CREATE TABLE is found where the server takes rows from one', async () => {
  const database = await createDatabase('query_of_table');
  const connection = await database.multiConnection();
  await connection.query('CREATE TABLE source (id INT, other INT)');
  await connection.query('INSERT INTO source VALUES (1, 2), (2, 3)');
  const wrong: string[] = [];
  for (const { sql, on } of SHAPES) {
    if (on !== undefined && on !== testServer().flavour) continue;
    const text = `CREATE TABLE ${sql}`;
    const [result] = await connection.query(text);
    await connection.query('DROP TABLE n');
    const { affectedRows } = result as { affectedRows: number };
    const found = queryOfTable(sqlTokens(text), 2) >= 0;
    if (found !== affectedRows > 0) wrong.push(`${text}: ${affectedRows} rows`);
  }
  expect(wrong).toEqual([]);
});
