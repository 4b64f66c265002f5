import { describe, expect, it, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';

vi.setConfig({ testTimeout: 60_000 });

const SAFETY = { keep: true } as const;
const LONG = `t${'ä'.repeat(61)}_ü`;
const ROWS = 'INSERT INTO t (id, a) VALUES (3, "x"), (7, "y"), (12, NULL)';

/** The definition and the rows of a table, whose next number has to come back too. */
async function stateOf(database: TestDatabase, table: string): Promise<string> {
  const [shown] = await database.query(`SHOW CREATE TABLE \`${table}\``);
  const rows = await database.query(`SELECT * FROM \`${table}\``);
  return JSON.stringify([shown, rows], null, 1);
}

async function ground(...statements: readonly string[]): Promise<TestDatabase> {
  const database = await createDatabase('kept');
  const connection = await database.connection();
  await connection.query("SET sql_mode = ''");
  for (const sql of statements) await connection.query(sql);
  return database;
}

// A rollback of steps leaves one migration.
const FIRST = migration('20260101000000_first', () => Promise.resolve());

/** Drops with `keep`, and rolls back; returns the attempts. */
async function thereAndBack(database: TestDatabase, up: string, down: string) {
  const all = bundle(
    FIRST,
    migration('20260102000000_drop', (knex) => knex.raw(up), {
      down: (knex) => knex.raw(down),
    }),
  );
  const there = await migrate(database, all, { safety: SAFETY, runId: 'up' });
  if (there.status !== 'migrated') return { there, back: undefined };
  const back = await migrate(database, all, { command: 'rollback', steps: 1, runId: 'back' });
  return { there, back };
}

describe('a dropped table comes back as it was,', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'with the next number of its counter',
      'CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(9)) AUTO_INCREMENT = 5000',
      [ROWS],
    ],
    [
      'with generated columns',
      'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), v VARCHAR(20) AS (CONCAT(a, "!")) VIRTUAL, s INT AS (id * 2) STORED, KEY (v))',
      [ROWS],
    ],
    [
      'with defaults that are expressions',
      `CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), u VARCHAR(40) DEFAULT (UPPER('abc')), d DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3))`,
      [ROWS],
    ],
    [
      'with a character set and comments of its own',
      `CREATE TABLE t (id INT PRIMARY KEY COMMENT 'a "key"', a VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_bin COMMENT 'it''s') DEFAULT CHARSET = utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Größe; ''x'''`,
      [ROWS],
    ],
    [
      'with partitions',
      'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9)) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (5), PARTITION p1 VALUES LESS THAN MAXVALUE)',
      [ROWS],
    ],
    [
      'without a primary key, and with equal rows',
      'CREATE TABLE t (id INT, a VARCHAR(9))',
      [ROWS, 'INSERT INTO t SELECT * FROM t'],
    ],
    [
      'with zero dates and what a strict mode would not take',
      `CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), d DATE NOT NULL DEFAULT '2001-01-01')`,
      [
        ROWS,
        "UPDATE t SET d = '0000-00-00' WHERE id = 3",
        "UPDATE t SET d = '2024-00-00' WHERE id = 7",
      ],
    ],
    [
      'with columns that have reserved words and odd characters as names',
      'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), `order` INT, `we``ird; name?` INT, UNIQUE KEY `group` (`order`, `we``ird; name?`))',
      [ROWS],
    ],
    [
      'with a row format and a compressed page size',
      'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), FULLTEXT KEY (a)) ROW_FORMAT = COMPRESSED',
      [ROWS],
    ],
    ['if it is empty', 'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9))', []],
  ])('%s', async (_, create, rows) => {
    const database = await ground(create, ...rows);
    const before = await stateOf(database, 't');
    const { there, back } = await thereAndBack(database, 'DROP TABLE t', create);
    expect(there).toMatchObject({ status: 'migrated' });
    expect(back).toMatchObject({ status: 'reverted', notes: [{ code: 'KeptRestored' }] });
    expect(await stateOf(database, 't')).toBe(before);
  });

  it('with a name of 64 characters', async () => {
    expect([...LONG]).toHaveLength(64);
    const create = `CREATE TABLE \`${LONG}\` (id INT PRIMARY KEY)`;
    const connected = await ground(
      `SET NAMES utf8mb4`,
      create,
      `INSERT INTO \`${LONG}\` VALUES (1), (2)`,
    );
    const before = await stateOf(connected, LONG);
    const { back } = await thereAndBack(connected, `DROP TABLE \`${LONG}\``, create);
    expect(back).toMatchObject({ status: 'reverted', notes: [{ code: 'KeptRestored' }] });
    expect(await stateOf(connected, LONG)).toBe(before);
  });

  it('and its views, which name it and not what is kept, read it again', async () => {
    const create = 'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9))';
    const database = await ground(create, ROWS, 'CREATE VIEW seen AS SELECT id FROM t');
    const before = await database.query('SELECT * FROM seen ORDER BY id');
    const { back } = await thereAndBack(database, 'DROP TABLE t', create);
    expect(back).toMatchObject({ status: 'reverted' });
    expect(await database.query('SELECT * FROM seen ORDER BY id')).toEqual(before);
  });
});

describe('a table that others refer to', () => {
  const statements = [
    'CREATE TABLE p (id INT PRIMARY KEY)',
    'CREATE TABLE t (id INT PRIMARY KEY, p INT, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))',
    'INSERT INTO p VALUES (1)',
    'INSERT INTO t VALUES (1, 1)',
  ];
  const up = (database: TestDatabase, ...texts: readonly string[]) =>
    migrate(
      database,
      bundle(
        migration('20260101000000_drop', async (knex) => {
          for (const sql of texts) await knex.raw(sql);
        }),
      ),
      { safety: SAFETY },
    );
  const keptTables = (database: TestDatabase) =>
    database.query("SHOW TABLES LIKE 'fanfold\\\\_kept\\\\_%'");

  it('is refused, also with checks of foreign keys off', async () => {
    const database = await ground(...statements);
    const attempt = await up(database, 'SET foreign_key_checks = 0', 'DROP TABLE p');
    expect(attempt).toMatchObject({ status: 'failed', failure: { code: 'CannotBeKept' } });
    expect(await keptTables(database)).toEqual([]);
    expect(await database.query('SELECT * FROM p')).toEqual([{ id: 1 }]);
  });

  it('can lose the referring column, which is kept, once the key is dropped', async () => {
    const database = await ground(...statements);
    const keys = 'ALTER TABLE t DROP FOREIGN KEY f';
    expect(await up(database, keys, 'ALTER TABLE t DROP COLUMN p')).toMatchObject({
      status: 'migrated',
    });
    expect(await keptTables(database)).toHaveLength(1);
  });
});
