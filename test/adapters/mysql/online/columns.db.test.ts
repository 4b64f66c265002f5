import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { ghostMeans, whyNoGhost } from '../../../support/ghost.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';

vi.setConfig({ testTimeout: 600_000 });

const ROWS = 5_000;

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

test(`columns of any type keep their values while others write${whyNoGhost()}`, async ({
  skip,
}) => {
  if (whyNoGhost() !== '') skip();
  const database = await createDatabase('columns');
  await ground(database);
  const stopWriting = keepWriting(database);
  const attempt = await migrate(
    database,
    bundle(
      migration('20260101000000_widen', (knex) => knex.raw('ALTER TABLE tasks MODIFY n BIGINT')),
    ),
    { safety: { onlineChange: 'external' }, online: ghostMeans() },
  );
  const writes = await stopWriting();
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

/** The same rows in a table that is changed, and in a twin of it. */
async function ground(database: TestDatabase) {
  const columns = NAMED.map(({ name, type }) => `${name} ${type}`).join(', ');
  const connection = await database.multiConnection();
  await connection.query(`
    CREATE TABLE tasks (id INT PRIMARY KEY, ${columns}, pos INT, n INT, note VARCHAR(40), KEY (pos)) CHARSET utf8mb4;
    CREATE TABLE twin LIKE tasks;
    SET cte_max_recursion_depth = ${ROWS};
    INSERT INTO tasks (${INTO}, pos, n, note) WITH RECURSIVE s AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < ${ROWS}) SELECT ${VALUES}, i, i, 'old' FROM s;
    INSERT INTO twin (${INTO}, pos, n, note) SELECT ${INTO}, pos, n, note FROM tasks;
  `);
  await database.closeConnections();
}

/** Writes the same into both tables, until it is stopped: new rows, changed ones and dropped ones, by key. */
function keepWriting(database: TestDatabase) {
  let isOver = false;
  let writes = 0;
  const writing = (async () => {
    const connection = await database.connection();
    while (!isOver) {
      const i = Math.ceil(Math.random() * ROWS * 1.1);
      await connection.beginTransaction();
      for (const table of ['tasks', 'twin']) {
        const write = [
          `REPLACE INTO ${table} (${INTO}, pos, n, note) SELECT ${VALUES}, ${i}, ${writes}, 'new' FROM (SELECT ${i} AS i) AS one`,
          `UPDATE ${table} SET n = ${writes} + 1, note = CONCAT(note, '!') WHERE CHAR_LENGTH(note) < 30 AND pos = ${i}`,
          `DELETE FROM ${table} WHERE pos = ${i}`,
        ][writes % 3];
        await connection.query(write ?? '');
      }
      await connection.commit();
      writes++;
      await sleep(5);
    }
    await connection.end();
  })();
  return async () => {
    isOver = true;
    await writing;
    return writes;
  };
}
