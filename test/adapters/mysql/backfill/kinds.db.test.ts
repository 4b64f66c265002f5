import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import type { Backfill } from '../../../../src/core/backfill/backfill.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { backfill, bundle } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

const isMariaDb = testServer().flavour === 'mariadb';
const COUNTED = 'n INT NOT NULL DEFAULT 0';
const TABLE = `CREATE TABLE t (id INT PRIMARY KEY, ${COUNTED})`;
const values = (rows: number, of: (i: number) => string) =>
  Array.from({ length: rows }, (_, i) => `(${of(i)})`).join(', ');
const numbered = (table: string, rows: number) =>
  `INSERT INTO ${table} (id) VALUES ${values(rows, (i) => String(i))}`;
const inc =
  (table: string, column = 'id') =>
  async (knex: Knex, keys: unknown[]) => {
    await knex(table)
      .whereIn(column, keys as string[])
      .increment('n', 1);
  };

async function ground(...statements: readonly string[]): Promise<TestDatabase> {
  const database = await createDatabase('shapes');
  const connection = await database.connection();
  // Zero and strange values are data here.
  for (const sql of statements) await connection.query(sql);
  return database;
}

/** Runs a backfill that is interrupted after every batch of a few rows, up to its end or failure. */
async function fill(database: TestDatabase, does: Backfill) {
  const all = bundle(backfill('20260101000000_fill', { batch: 7, ...does } as Backfill));
  for (let attempts = 0; ; attempts += 1) {
    let asked = 0;
    const attempt = await migrate(database, all, {
      phase: 'backfills',
      backfills: { pace: () => 1, pause: () => ++asked > 1 },
    });
    if (attempt.status !== 'continue') return attempt;
    if (attempts === 60) throw new Error('The backfill does not end.');
  }
}

const eachOnce = async (database: TestDatabase, table = 't') =>
  expect(await database.query(`SELECT DISTINCT n FROM ${table}`)).toEqual([{ n: 1 }]);

describe('a backfill, interrupted after every batch, changes each row once', () => {
  const names = 'SET NAMES utf8mb4';
  // cspell:ignore nopad
  const noPad = isMariaDb ? 'utf8mb4_general_nopad_ci' : 'utf8mb4_0900_ai_ci';
  it.each<[string, readonly string[]]>([
    [
      'with numbers beyond 2^53 that differ by one, and the largest of all, as a key',
      [
        `CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY, ${COUNTED})`,
        `INSERT INTO t (id) VALUES ${values(20, (i) => String(9_007_199_254_740_990n + BigInt(i)))}, ${values(9, (i) => String(18_446_744_073_709_551_615n - BigInt(i)))}`,
      ],
    ],
    [
      'with negative numbers',
      [
        `CREATE TABLE t (id BIGINT PRIMARY KEY, ${COUNTED})`,
        `INSERT INTO t (id) VALUES (-9223372036854775808), (9223372036854775807), ${values(20, (i) => String(i - 10))}`,
      ],
    ],
    [
      'with decimals, of which some differ in their last digit',
      [
        `CREATE TABLE t (id DECIMAL(30,10) PRIMARY KEY, ${COUNTED})`,
        `INSERT INTO t (id) VALUES ${values(20, (i) => `-12345678901234567890.00000000${String(10 + i)}`)}, (0.0000000001), (-0.0000000001)`,
      ],
    ],
    [
      'with times to the microsecond',
      [
        `CREATE TABLE t (id DATETIME(6) PRIMARY KEY, ${COUNTED})`,
        `INSERT INTO t (id) VALUES ${values(20, (i) => `'2026-03-29 02:30:00.0000${String(10 + i)}'`)}`,
      ],
    ],
    [
      'with text whose trailing blanks count, without case',
      [
        names,
        `CREATE TABLE t (id VARCHAR(20) COLLATE ${noPad} PRIMARY KEY, ${COUNTED})`,
        `INSERT INTO t (id) VALUES ('a'), ('a '), ('a  '), (' a'), ('B'), ('b '), (''), (' '), ('é'), ${values(12, (i) => `'K${i}'`)}`,
      ],
    ],
    [
      'with text whose trailing blanks do not count, without case',
      [
        names,
        `CREATE TABLE t (id VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, ${COUNTED})`,
        `INSERT INTO t (id) VALUES ('a '), ('B'), ('Z  '), (''), ('ß'), ('É'), ${values(12, (i) => `'K${i} '`)}`,
      ],
    ],
    [
      'with text that looks like numbers',
      [
        `CREATE TABLE t (id VARCHAR(20) PRIMARY KEY, ${COUNTED})`,
        `INSERT INTO t (id) VALUES ('1'), ('01'), ('1.0'), ('1e0'), ('10'), ('9'), ('0'), ('00'), ('x'), ${values(12, (i) => `'0${i}0'`)}`,
      ],
    ],
    [
      'with bytes, among them zeros and those of no character',
      [
        `CREATE TABLE t (id VARBINARY(16) PRIMARY KEY, ${COUNTED})`,
        `INSERT INTO t (id) VALUES (X''), (X'00'), (X'0000'), (X'FF'), (X'27'), (X'5C27'), ${values(12, (i) => `X'80${i.toString(16).padStart(2, '0')}'`)}`,
      ],
    ],
    [
      'of a table that is partitioned',
      [
        `CREATE TABLE t (id INT, y INT, ${COUNTED}, PRIMARY KEY (id, y)) PARTITION BY RANGE (y) (PARTITION a VALUES LESS THAN (3), PARTITION b VALUES LESS THAN MAXVALUE)`,
        `INSERT INTO t (id, y) VALUES ${values(30, (i) => `${i % 10}, ${i}`)}`,
      ],
    ],
    // MariaDB has no such keys.
    ...(isMariaDb
      ? []
      : [
          [
            'whose key a generated column belongs to',
            [
              `CREATE TABLE t (id INT, m INT GENERATED ALWAYS AS (id % 3) STORED, ${COUNTED}, PRIMARY KEY (m, id))`,
              numbered('t', 25),
            ],
          ] as [string, readonly string[]],
        ]),
  ])('%s', async (_, statements) => {
    for (const rows of [false, true]) {
      const database = await ground(...statements);
      const hasTwo = (await database.query("SHOW INDEX FROM t WHERE Key_name = 'PRIMARY'")).length;
      const keyed: Backfill =
        hasTwo > 1
          ? {
              table: 't',
              rows: async (knex: Knex, keys: [number, number][]) => {
                const [one, two] = (
                  await database.query("SHOW INDEX FROM t WHERE Key_name = 'PRIMARY'")
                ).map(({ Column_name }) => String(Column_name));
                await knex('t')
                  .whereIn([one ?? '', two ?? ''], keys)
                  .increment('n', 1);
              },
            }
          : { table: 't', rows: inc('t') };
      expect(
        await fill(database, rows ? keyed : { table: 't', update: 'n = n + 1' }),
      ).toMatchObject({
        status: 'migrated',
      });
      await eachOnce(database);
      await database.drop();
    }
  });

  it.each([
    ['BIGINT UNSIGNED', '18446744073709551615 - '],
    ['DECIMAL(40,20)', '12345678901234567890.00000000000000000001 + '],
  ])(
    'by `update` with %s in a key of several columns, and refuses `rows`, whose lists miss rows',
    async (type, value) => {
      const database = await ground(
        `CREATE TABLE t (a INT, b ${type}, ${COUNTED}, PRIMARY KEY (a, b))`,
        `INSERT INTO t (a, b) VALUES ${values(30, (i) => `${i % 3}, ${value}${i}`)}`,
      );
      const rows = (knex: Knex, keys: [number, string][]) =>
        knex('t').whereIn(['a', 'b'], keys).increment('n', 1);
      expect(await fill(database, { table: 't', rows })).toMatchObject({
        status: 'failed',
        failure: { code: 'StatementRefused', message: expect.stringContaining('"b"') },
      });
      expect(await database.query('SELECT DISTINCT n FROM t')).toEqual([{ n: 0 }]);
      await database.query('DROP TABLE fanfold_backfills');
      expect(await fill(database, { table: 't', update: 'n = n + 1' })).toMatchObject({
        status: 'migrated',
      });
      await eachOnce(database);
    },
  );

  it.each([
    ['DECIMAL(12,2)', (i: number) => `${i}.5`],
    ['DATETIME(6)', (i: number) => `'2026-03-29 02:30:00.0000${10 + i}'`],
    ['VARCHAR(20)', (i: number) => `'1e${i}'`],
    ['VARBINARY(20)', (i: number) => `X'80${10 + i}'`],
    ['DATE', (i: number) => `'2026-03-${10 + (i % 20)}'`],
  ])('with BIGINT and %s in a key of several columns', async (type, value) => {
    const database = await ground(
      `CREATE TABLE t (a BIGINT UNSIGNED, b ${type}, ${COUNTED}, PRIMARY KEY (a, b))`,
      `INSERT INTO t (a, b) VALUES ${values(30, (i) => `${i % 3}, ${value(i)}`)}`,
    );
    const rows = (knex: Knex, keys: [number, string][]) =>
      knex('t').whereIn(['a', 'b'], keys).increment('n', 1);
    expect(await fill(database, { table: 't', rows })).toMatchObject({ status: 'migrated' });
    await eachOnce(database);
  });

  it('with reserved words and odd characters as names', async () => {
    const table = 'order by';
    const database = await ground(
      'CREATE TABLE `order by` (`group` INT, `we``i"r\'d` INT, `n` INT NOT NULL DEFAULT 0, PRIMARY KEY (`group`, `we``i"r\'d`))',
      `INSERT INTO \`order by\` (\`group\`, \`we\`\`i"r'd\`) VALUES ${values(20, (i) => `${i % 4}, ${i}`)}`,
    );
    expect(await fill(database, { table, update: '`n` = `n` + 1' })).toMatchObject({
      status: 'migrated',
    });
    await eachOnce(database, '`order by`');
  });

  it.runIf(isMariaDb)('of a table whose trigger writes a line for each change', async () => {
    const database = await ground(
      TABLE,
      'CREATE TABLE log (id INT)',
      'CREATE TRIGGER logs AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES (NEW.id)',
      numbered('t', 30),
    );
    expect(await fill(database, { table: 't', update: 'n = n + 1' })).toMatchObject({
      status: 'migrated',
    });
    await eachOnce(database);
    expect(await database.query('SELECT COUNT(*) AS a, COUNT(DISTINCT id) AS b FROM log')).toEqual([
      { a: 30, b: 30 },
    ]);
  });

  it('if it changes the very column of its condition (laravel/ideas#888)', async () => {
    const database = await ground(TABLE, numbered('t', 40));
    expect(await fill(database, { table: 't', where: 'n = 0', update: 'n = n + 1' })).toMatchObject(
      { status: 'migrated', applied: [{ rowsChanged: 40 }] },
    );
    await eachOnce(database);
  });

  it('if its condition asks another table (laravel/docs#4536)', async () => {
    const database = await ground(
      TABLE,
      'CREATE TABLE wanted (id INT PRIMARY KEY)',
      numbered('t', 40),
      'INSERT INTO wanted SELECT id FROM t WHERE id % 2 = 0',
    );
    const where = 'id IN (SELECT w.id FROM wanted AS w)';
    expect(await fill(database, { table: 't', where, update: 'n = n + 1' })).toMatchObject({
      applied: [{ rowsChanged: 20 }],
    });
    expect(await database.query('SELECT SUM(n) AS n FROM t WHERE id % 2 = 0')).toEqual([
      { n: '20' },
    ]);
  });
});

describe('a backfill', () => {
  it('deletes rows, also such as the walk has not met (laravel/framework#23277, pt-archiver)', async () => {
    const database = await ground(TABLE, numbered('t', 60));
    const does: Backfill = {
      table: 't',
      where: 'id % 3 = 0',
      rows: async (knex: Knex, ids: number[]) => {
        await knex('t').whereIn('id', ids).delete();
        // Rows that the walk has passed, and that it has not met.
        await knex('t')
          .whereIn('id', [ids[0] ? ids[0] - 2 : -1, (ids.at(-1) ?? 0) + 20])
          .delete();
      },
    };
    expect(await fill(database, does)).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT COUNT(*) AS count FROM t WHERE id % 3 = 0')).toEqual([
      { count: 0 },
    ]);
    expect(
      Number((await database.query('SELECT COUNT(*) AS count FROM t'))[0]?.count),
    ).toBeGreaterThan(10);
  });

  it('moves values into another table, each once (GitLab’s batched migrations)', async () => {
    const database = await ground(
      'CREATE TABLE t (id INT PRIMARY KEY, data VARCHAR(20))',
      `INSERT INTO t VALUES ${values(40, (i) => `${i}, 'v${i}'`)}`,
      'CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, t_id INT, text VARCHAR(20))',
    );
    const does: Backfill = {
      table: 't',
      rows: async (knex: Knex, ids: number[]) => {
        await knex
          .insert(knex('t').whereIn('id', ids).select('id', 'data'))
          .into(knex.raw('?? (??, ??)', ['notes', 't_id', 'text']));
      },
    };
    expect(await fill(database, does)).toMatchObject({ status: 'migrated' });
    expect(
      await database.query(
        'SELECT COUNT(*) AS a, COUNT(DISTINCT t_id) AS b, SUM(text = CONCAT("v", t_id)) AS c FROM notes',
      ),
    ).toEqual([{ a: 40, b: 40, c: '40' }]);
  });

  it('ends at once in an empty table', async () => {
    const database = await ground(TABLE);
    expect(await fill(database, { table: 't', update: 'n = n + 1' })).toMatchObject({
      status: 'migrated',
      applied: [{ rowsChanged: 0 }],
    });
  });

  it.each<[string, readonly string[], Backfill, object]>([
    [
      'is refused where its table is missing',
      [],
      { table: 't', update: 'n = 1' },
      {
        code: 'BackfillRefused',
        message: expect.stringContaining('"t" of the backfill does not exist'),
      },
    ],
    [
      'is refused without a primary key, also with a unique index in its place',
      [`CREATE TABLE t (id INT NOT NULL UNIQUE, ${COUNTED})`, numbered('t', 3)],
      { table: 't', update: 'n = 1' },
      { code: 'BackfillRefused', message: expect.stringContaining('no primary key') },
    ],
    [
      'fails if it sets a generated column',
      ['CREATE TABLE t (id INT PRIMARY KEY, n INT DEFAULT 0, g INT AS (n + 1))', numbered('t', 3)],
      { table: 't', update: 'g = 1' },
      { migration: '20260101000000_fill' },
    ],
    [
      'fails if a value does not fit, and changes nothing',
      ['CREATE TABLE t (id INT PRIMARY KEY, n VARCHAR(2) DEFAULT 0)', numbered('t', 3)],
      { table: 't', update: "n = 'too long'" },
      { migration: '20260101000000_fill' },
    ],
    [
      'is refused if its rows set the key',
      [TABLE, numbered('t', 3)],
      {
        table: 't',
        rows: (knex: Knex, ids) =>
          knex('t')
            .whereIn('id', ids)
            .update({ id: knex.raw('id + 1000') }),
      },
      { code: 'StatementRefused', message: expect.stringContaining('or without end') },
    ],
    [
      'is refused if its rows set the key by a join',
      [TABLE, numbered('t', 3)],
      {
        table: 't',
        rows: (knex: Knex) =>
          knex.raw('UPDATE `t` JOIN (SELECT 1 AS one) x SET `T`.`ID` = `t`.id + 1000'),
      },
      { code: 'StatementRefused' },
    ],
  ])('%s', async (_, statements, does, failure) => {
    const database = await ground(...statements);
    expect(await fill(database, does)).toMatchObject({ status: 'failed', failure });
    const left = statements.length === 0 ? [] : await database.query('SELECT id, n FROM t');
    expect(left.every(({ id, n }) => Number(id) < 3 && Number(n ?? 0) === 0)).toBe(true);
  });

  it.each<[string, string]>([
    [
      'of the same name in another table',
      'UPDATE s JOIN t ON t.id = s.t_id SET s.id = s.id + 100, t.n = 1',
    ],
    ['in the order of the update', 'UPDATE t SET n = 1 ORDER BY n, id LIMIT 100'],
    ['in its condition', 'UPDATE t SET n = 1 WHERE n = 0 AND id = id'],
    ['in a subquery', 'UPDATE t SET n = (SELECT 1 FROM s WHERE s.id = s.id LIMIT 1)'],
  ])('may name a column of the key %s', async (_, sql) => {
    const database = await ground(
      TABLE,
      numbered('t', 1),
      'CREATE TABLE s (id INT PRIMARY KEY, t_id INT)',
      'INSERT INTO s VALUES (1, 0)',
    );
    const rows = (knex: Knex) => knex.raw(sql);
    expect(await fill(database, { table: 't', rows })).toMatchObject({ status: 'migrated' });
    await eachOnce(database);
  });
});
