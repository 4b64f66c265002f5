import type { Knex } from 'knex';
import { bare, type ChaosCase, one } from '../chaos-case.ts';
import type { ServerKind } from '../chaos-server.ts';
import { SHOP } from './bases.ts';

/** The first migration leaves something in the session that the second one needs. */
function needs(
  name: string,
  left: string,
  use: (knex: Knex) => Promise<unknown>,
  servers?: readonly ServerKind[],
): ChaosCase {
  return {
    name: `across: ${name}`,
    base: SHOP,
    ...(servers !== undefined && { servers }),
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.schema.alterTable('users', (t) => t.integer('x1'));
          await knex.raw(left);
        },
      },
      {
        id: '20250102000000_b',
        up: async (knex) => {
          await use(knex);
          await knex.schema.alterTable('users', (t) => t.integer('x2'));
          await knex('users').update({ x2: 1 });
        },
      },
    ],
  };
}

/** Statements one after the other, each of which may be where it is stopped. */
function sends(
  name: string,
  statements: readonly string[],
  options: {
    readonly transaction?: boolean;
    readonly servers?: readonly ServerKind[];
    readonly base?: readonly string[];
    readonly refusedAs?: string;
  } = {},
): ChaosCase {
  const { transaction = false, servers, base = SHOP, refusedAs } = options;
  return {
    name,
    base,
    ...(refusedAs !== undefined && { refusedAs }),
    ...(servers !== undefined && { servers }),
    migrations: one(
      async (knex) => {
        for (const sql of statements) await knex.raw(sql);
        await knex.raw('ALTER TABLE users ADD COLUMN at_the_end INT');
      },
      { transaction },
    ),
  };
}

export const SESSIONS_AND_LOCKS: readonly ChaosCase[] = [
  needs('foreign keys are off', 'SET foreign_key_checks = 0', (knex) =>
    knex.raw('INSERT INTO orders (id, user_id) VALUES (9, 77)'),
  ),
  needs('a lax mode', "SET sql_mode = ''", (knex) =>
    knex.raw("INSERT INTO orders (id, user_id, until) VALUES (9, 1, '2020-02-31')"),
  ),
  needs('a time zone', "SET time_zone = '+05:00'", (knex) =>
    knex.raw('INSERT INTO log VALUES (FROM_UNIXTIME(86400))'),
  ),
  needs('a variable', 'SET @kept = 42', (knex) => knex.raw('UPDATE users SET n = @kept')),
  needs('a variable of rows', 'SELECT MAX(id) INTO @kept FROM users', (knex) =>
    knex.raw('UPDATE users SET n = @kept'),
  ),
  needs('a temporary table', 'CREATE TEMPORARY TABLE tmp AS SELECT id FROM users', (knex) =>
    knex.raw('INSERT INTO log SELECT COUNT(*) FROM tmp'),
  ),
  needs('a prepared statement', "PREPARE kept FROM 'UPDATE users SET n = n + 1'", (knex) =>
    knex.raw('EXECUTE kept'),
  ),
  needs('a short GROUP_CONCAT', 'SET group_concat_max_len = 5', (knex) =>
    knex.raw('INSERT INTO log SELECT GROUP_CONCAT(email ORDER BY id) FROM users WHERE id = 1'),
  ),
  needs('quotes of ANSI', "SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')", (knex) =>
    knex.raw('UPDATE "users" SET "n" = 3'),
  ),
  needs('no backslash', "SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')", (knex) =>
    knex.raw(
      "INSERT INTO log VALUES ('a\\\\'); UPDATE users SET n = 4; INSERT INTO log VALUES ('b;c\\\\')".replaceAll(
        '\\\\',
        '\\',
      ),
    ),
  ),
  needs('another character set', 'SET NAMES latin1', (knex) =>
    knex.raw("INSERT INTO log VALUES (CHARSET('x'))"),
  ),
  needs('another engine', 'SET default_storage_engine = MyISAM', (knex) =>
    knex.raw('CREATE TABLE made (id INT PRIMARY KEY)'),
  ),
  needs('no unique checks', 'SET unique_checks = 0', (knex) =>
    knex.raw('ALTER TABLE users ADD UNIQUE KEY u (email)'),
  ),
  {
    name: 'session: as plain Knex has it',
    base: SHOP,
    migrations: bare(async (knex) => {
      const [[row]] = await knex.raw(
        'SELECT @@time_zone, @@sql_mode, @@character_set_client, @@character_set_results, @@collation_connection, @@autocommit, @@foreign_key_checks, @@unique_checks, @@sql_safe_updates, @@sql_big_selects, @@sql_select_limit, @@group_concat_max_len, @@div_precision_increment, @@default_storage_engine, @@completion_type, @@sql_auto_is_null, DATABASE() = SCHEMA() AS same',
      );
      await knex('log').insert({ what: JSON.stringify(row) });
      const { client } = knex;
      await knex('log').insert({
        what: JSON.stringify([
          client.config.client,
          client.constructor.name,
          client.dialect,
          client.driverName,
          typeof client.config.client,
        ]),
      });
    }),
  },
  {
    name: 'session: times that go through the driver',
    base: [
      ...SHOP,
      'CREATE TABLE t (id INT PRIMARY KEY, ts TIMESTAMP NULL, dt DATETIME NULL, d DATE NULL)',
    ],
    migrations: one(async (knex) => {
      await knex('t').insert({
        id: 1,
        ts: new Date('2026-03-29T01:30:00Z'),
        dt: new Date('2026-03-29T01:30:00Z'),
        d: new Date('2026-03-29T23:30:00Z'),
      });
      const row = await knex('t').first();
      await knex('log').insert({ what: JSON.stringify(row) });
      await knex.raw('ALTER TABLE t MODIFY ts DATETIME NULL, MODIFY dt TIMESTAMP NULL');
      await knex('t').insert({ id: 2, ts: row.dt, dt: row.ts });
      await knex('log').insert({ what: JSON.stringify(await knex('t').orderBy('id')) });
    }),
  },
  sends('foreign keys: off while tables are made anew', [
    'SET foreign_key_checks = 0',
    'DROP TABLE users',
    'CREATE TABLE users (id INT UNSIGNED PRIMARY KEY, n INT)',
    'INSERT INTO users VALUES (1, 1), (2, 2)',
    'SET foreign_key_checks = 1',
    'DELETE FROM orders WHERE user_id NOT IN (SELECT id FROM users)',
  ]),
  sends('foreign keys: one that cascades', [
    'ALTER TABLE orders DROP FOREIGN KEY orders_user',
    'ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE',
    'UPDATE users SET id = 9 WHERE id = 1',
    'DELETE FROM users WHERE id = 2',
  ]),
  sends('foreign keys: dropped and added in one statement', [
    'ALTER TABLE orders DROP FOREIGN KEY orders_user, ADD CONSTRAINT orders_user_again FOREIGN KEY (user_id) REFERENCES users (id)',
    'ALTER TABLE orders ADD INDEX by_user (user_id, total)',
  ]),
  sends('LOCK TABLES: around a backfill', [
    'LOCK TABLES users WRITE, orders READ',
    'UPDATE users SET n = n + 1',
    "UPDATE users SET name = 'z' WHERE name IS NULL",
    'UNLOCK TABLES',
    'UPDATE users SET n = n * 2',
  ]),
  sends('LOCK TABLES: with an alias and a change of the table', [
    'LOCK TABLES users AS u WRITE, users WRITE',
    'UPDATE users AS u SET u.n = u.n + 1',
    'ALTER TABLE users ADD COLUMN x INT',
    'UPDATE users SET x = n',
    'UNLOCK TABLES',
  ]),
  sends(
    'LOCK TABLES: in a transaction',
    [
      'UPDATE orders SET total = total + 1',
      'LOCK TABLES users WRITE',
      'UPDATE users SET n = n + 1',
      'UNLOCK TABLES',
    ],
    { transaction: true },
  ),
  sends('LOCK TABLES: not unlocked', ['LOCK TABLES users WRITE', 'UPDATE users SET n = n + 1']),
  sends(
    'advisory locks: all of them released',
    ['UPDATE users SET n = n + 1', 'DO RELEASE_ALL_LOCKS()', 'UPDATE users SET n = n + 10'],
    { refusedAs: 'FenceLost' },
  ),
  sends(
    'advisory locks: released in an expression',
    ['UPDATE users SET n = n + 1 + 0 * RELEASE_ALL_LOCKS()', 'UPDATE users SET n = n + 10'],
    { transaction: true, refusedAs: 'FenceLost' },
  ),
  sends('advisory locks: one of its own', [
    "DO GET_LOCK('mine', 5)",
    'UPDATE users SET n = n + 1',
    "DO RELEASE_LOCK('mine')",
    'UPDATE users SET n = n + 10',
  ]),
  sends('temporary tables: made of rows and joined', [
    'CREATE TEMPORARY TABLE tmp AS SELECT id, n FROM users',
    'UPDATE tmp SET n = n + 5',
    'UPDATE users SET n = n + 100',
    'UPDATE users u JOIN tmp ON tmp.id = u.id SET u.n = u.n + tmp.n',
    'DROP TEMPORARY TABLE tmp',
  ]),
  sends('temporary tables: changed, and its rows moved', [
    'CREATE TEMPORARY TABLE tmp (id INT PRIMARY KEY)',
    'INSERT INTO tmp SELECT id FROM users',
    'ALTER TABLE tmp ADD COLUMN x INT',
    'UPDATE tmp SET x = id * 2',
    'DELETE FROM orders',
    'INSERT INTO log SELECT SUM(x) FROM tmp',
  ]),
  sends('temporary tables: one that hides a table', [
    'CREATE TEMPORARY TABLE log (what TEXT)',
    "INSERT INTO log VALUES ('hidden')",
    'UPDATE users SET n = (SELECT COUNT(*) FROM log)',
    'DROP TEMPORARY TABLE log',
    "INSERT INTO log VALUES ('seen')",
  ]),
  sends('triggers: into a table without transactions', [
    'CREATE TABLE audit (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(20)) ENGINE=MyISAM',
    "CREATE TRIGGER tr AFTER UPDATE ON users FOR EACH ROW INSERT INTO audit (what) VALUES ('changed')",
    'UPDATE users SET n = n + 1',
    'DROP TRIGGER tr',
    'UPDATE users SET n = n + 1',
  ]),
  sends(
    'triggers: made before into a table without transactions',
    ['UPDATE users SET n = n + 1 WHERE id = 1', 'UPDATE users SET n = n + 1 WHERE id = 2'],
    {
      base: [
        ...SHOP,
        'CREATE TABLE audit (what VARCHAR(20)) ENGINE=MyISAM',
        "CREATE TRIGGER tr AFTER UPDATE ON users FOR EACH ROW INSERT INTO audit VALUES ('changed')",
      ],
      transaction: true,
    },
  ),
  sends('prepared: with variables, used twice', [
    "PREPARE s FROM 'UPDATE users SET n = n + ? WHERE id = ?'",
    'SET @a = 5, @b = 1',
    'EXECUTE s USING @a, @b',
    'SET @b = 2',
    'EXECUTE s USING @a, @b',
    'DEALLOCATE PREPARE s',
  ]),
  sends('prepared: changes of tables from text', [
    "SET @t = 'ALTER TABLE users ADD COLUMN p INT'",
    'PREPARE s FROM @t',
    'EXECUTE s',
    "PREPARE s FROM 'UPDATE users SET p = 1'",
    'EXECUTE s',
    'DEALLOCATE PREPARE s',
  ]),
  sends('prepared: from the information schema', [
    "SELECT IF(COUNT(*) = 0, 'CREATE INDEX ix ON users (n)', 'DO 0') INTO @t FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = 'ix'",
    'PREPARE s FROM @t',
    'EXECUTE s',
    'DEALLOCATE PREPARE s',
  ]),
  sends('transactions: by hand', [
    'START TRANSACTION',
    'UPDATE users SET n = n + 1',
    'COMMIT',
    'BEGIN',
    'UPDATE users SET n = n + 10',
    'ROLLBACK',
    'UPDATE users SET n = n + 100',
    'COMMIT',
  ]),
  sends('transactions: autocommit is off for a while', [
    'SET autocommit = 0',
    'UPDATE users SET n = n + 1',
    'UPDATE users SET n = n + 10',
    'COMMIT',
    'UPDATE users SET n = n + 100',
    'SET autocommit = 1',
    'UPDATE users SET n = n + 1000',
  ]),
  sends(
    'transactions: savepoints and a change of a table',
    [
      'SAVEPOINT a',
      'UPDATE users SET n = n + 1',
      'ROLLBACK TO SAVEPOINT a',
      'UPDATE users SET n = n + 10',
      'RELEASE SAVEPOINT a',
    ],
    { transaction: true },
  ),
  sends('text: comments of every kind', [
    'UPDATE users SET n = n + 1 --\ta tab; here\n',
    "UPDATE users SET n = n + 1 # it's; a hash\n; UPDATE users SET n = n * 2",
    '/* a; b */ UPDATE /*! STRAIGHT */ users SET n = n + 1'.replace(
      '/*! STRAIGHT */ ',
      '/*!40000 */ ',
    ),
    "INSERT INTO log VALUES ('-- not; a comment'), ('/* nor; this */')",
  ]),
  sends('text: quotes of every kind', [
    "INSERT INTO log VALUES ('it''s; one'), (\"a \"\"b\"\"; c\"), ('back\\\\'), ('x\\'; y'); UPDATE users SET n = 7",
    'CREATE TABLE `a;b` (`c``d` INT)',
    'INSERT INTO `a;b` VALUES (1)',
    'ALTER TABLE `a;b` RENAME COLUMN `c``d` TO `e;f`',
  ]),
  sends('text: quotes under ANSI_QUOTES', [
    "SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')",
    'CREATE TABLE "a;b" ("c d" INT); INSERT INTO "a;b" VALUES (1); UPDATE "users" SET "n" = 5',
    'ALTER TABLE "a;b" ADD COLUMN "x;y" INT',
    "INSERT INTO log VALUES ('say \"; hello')",
  ]),
  sends('text: a backslash under NO_BACKSLASH_ESCAPES', [
    "SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')",
    "INSERT INTO log VALUES ('c:\\'); UPDATE users SET n = 6; INSERT INTO log VALUES ('d;e\\')",
    'UPDATE users SET n = n + 1',
  ]),
  sends('text: characters of every length', [
    "INSERT INTO log VALUES ('Größe; 漢字 😀')",
    'ALTER TABLE users ADD COLUMN `größe` INT',
    'CREATE TABLE `漢字` (id INT PRIMARY KEY)',
    'UPDATE users SET `größe` = 1',
  ]),
];
