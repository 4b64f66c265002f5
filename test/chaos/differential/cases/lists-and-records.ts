import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { bare, type CaseMigration, type ChaosCase, one } from '../chaos-case.ts';
import type { ServerKind } from '../chaos-server.ts';
import { SHOP } from './bases.ts';

/** Statements of a list: each is sent between two others, so that it is met again on resume. */
function lists(
  name: string,
  statements: readonly string[],
  servers?: readonly ServerKind[],
): ChaosCase {
  return {
    name: `list: ${name}`,
    base: SHOP,
    ...(servers !== undefined && { servers }),
    migrations: bare(async (knex, { guest }) => {
      for (const sql of statements) await knex.raw(sql.replaceAll('$GUEST', `'${guest}'@'%'`));
      await knex.raw('ALTER TABLE users ADD COLUMN at_the_end INT');
    }),
  };
}

/** Files by what each of them does. */
function records(
  name: string,
  ...ups: readonly (
    | CaseMigration['up']
    | { readonly up: CaseMigration['up']; readonly transaction: boolean }
  )[]
): ChaosCase {
  return {
    name: `records: ${name}`,
    base: SHOP,
    migrations: ups.map((each, index) => ({
      id: `2025010${index + 1}000000_m`,
      ...(typeof each === 'function' ? { up: each } : each),
    })),
  };
}

const nothing = () => Promise.resolve();
const reads = (knex: Knex) => knex.schema.hasTable('users');
const column = (name: string) => (knex: Knex) =>
  knex.schema.alterTable('users', (t) => t.integer(name));
const write = (knex: Knex) => knex('users').increment('n');
const bareOf = (up: CaseMigration['up']) => ({ up, transaction: false });

export const LISTS_AND_RECORDS: readonly ChaosCase[] = [
  lists('rights on a table', [
    'GRANT SELECT, INSERT ON users TO $GUEST',
    'REVOKE INSERT ON users FROM $GUEST',
    'GRANT UPDATE (name) ON users TO $GUEST',
    'REVOKE SELECT ON users FROM $GUEST',
  ]),
  lists('rights on a routine', [
    'CREATE PROCEDURE p() SELECT 1',
    'GRANT EXECUTE ON PROCEDURE p TO $GUEST',
    'REVOKE EXECUTE ON PROCEDURE p FROM $GUEST',
    'DROP PROCEDURE p',
  ]),
  lists('partitions by range', [
    'CREATE TABLE p (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (20))',
    'INSERT INTO p VALUES (1), (15)',
    'ALTER TABLE p ADD PARTITION (PARTITION c VALUES LESS THAN (30))',
    'ALTER TABLE p DROP PARTITION a',
    'ALTER TABLE p TRUNCATE PARTITION b',
  ]),
  lists('partitions by hash', [
    'CREATE TABLE p (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3',
    'ALTER TABLE p ADD PARTITION PARTITIONS 2',
    'ALTER TABLE p COALESCE PARTITION 1',
    'ALTER TABLE p REMOVE PARTITIONING',
  ]),
  lists('partitions of a table that is there', [
    'ALTER TABLE log ADD COLUMN id INT NOT NULL DEFAULT 0',
    'ALTER TABLE log PARTITION BY KEY (id) PARTITIONS 2',
    'ALTER TABLE log REMOVE PARTITIONING',
  ]),
  lists('care of tables', [
    'ANALYZE TABLE users',
    'CHECK TABLE users',
    'OPTIMIZE TABLE log',
    'ALTER TABLE users FORCE',
    'ALTER TABLE users ENGINE=InnoDB',
    'ALTER TABLE log ROW_FORMAT=DYNAMIC',
  ]),
  lists('names of indexes', [
    'ALTER TABLE users ADD INDEX a (n), ADD INDEX b (name)',
    'ALTER TABLE users RENAME INDEX a TO c',
    'DROP INDEX b ON users',
    'CREATE INDEX b ON users (name, n)',
    'ALTER TABLE users DROP INDEX c, DROP INDEX b',
  ]),
  lists('indexes without a name', [
    'ALTER TABLE users ADD INDEX (n)',
    'ALTER TABLE users ADD UNIQUE (email)',
    'ALTER TABLE users ADD INDEX (n, name)',
  ]),
  lists('indexes of other kinds', [
    'CREATE FULLTEXT INDEX f ON users (name)',
    'ALTER TABLE users ADD COLUMN g GEOMETRY NULL',
    'ALTER TABLE users DROP INDEX f',
    'ALTER TABLE users DROP COLUMN g',
  ]),
  lists(
    'an invisible index',
    [
      'CREATE INDEX a ON users (n)',
      'ALTER TABLE users ALTER INDEX a INVISIBLE',
      'ALTER TABLE users ALTER INDEX a VISIBLE',
      'CREATE INDEX fn ON users ((n + 1))',
    ],
    ['mysql'],
  ),
  lists(
    'if it exists, or not',
    [
      'ALTER TABLE users ADD COLUMN IF NOT EXISTS a INT',
      'ALTER TABLE users ADD COLUMN IF NOT EXISTS a INT',
      'CREATE INDEX IF NOT EXISTS i ON users (a)',
      'DROP INDEX IF EXISTS i ON users',
      'ALTER TABLE users DROP COLUMN IF EXISTS a, DROP COLUMN IF EXISTS b',
    ],
    ['mariadb'],
  ),
  lists(
    'or replace',
    [
      'CREATE OR REPLACE TABLE r (a INT)',
      'INSERT INTO r VALUES (1)',
      'CREATE OR REPLACE TABLE r (a INT, b INT)',
      'CREATE OR REPLACE INDEX i ON r (a)',
      'CREATE OR REPLACE INDEX i ON r (b)',
      'CREATE OR REPLACE PROCEDURE p() SELECT 1',
    ],
    ['mariadb'],
  ),
  lists('views', [
    'CREATE VIEW v AS SELECT id FROM users',
    'ALTER VIEW v AS SELECT id, n FROM users',
    'CREATE OR REPLACE VIEW v AS SELECT n FROM users',
    'RENAME TABLE v TO v2',
    'DROP VIEW v2',
  ]),
  lists('a swap of three names', [
    'CREATE TABLE users2 LIKE log',
    'RENAME TABLE log TO tmp, users2 TO log, tmp TO users2',
    "INSERT INTO log VALUES ('new')",
    'DROP TABLE users2',
  ]),
  lists('tables from tables', [
    'CREATE TABLE c AS SELECT * FROM users',
    'CREATE TABLE l LIKE users',
    'INSERT INTO l SELECT * FROM users',
    'TRUNCATE TABLE c',
    'DROP TABLE c, l',
  ]),
  lists('events', [
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM log',
    'ALTER EVENT e RENAME TO e2',
    'ALTER EVENT e2 ENABLE',
    "ALTER EVENT e2 COMMENT 'x'",
    'DROP EVENT e2',
    'CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 2 DAY DO DO 1',
  ]),
  lists('routines', [
    "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC NO SQL COMMENT 'one' RETURN a + 1",
    "ALTER FUNCTION f COMMENT 'two'",
    'UPDATE users SET n = f(n)',
    'DROP FUNCTION f',
    'CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC NO SQL RETURN a + 2',
    'UPDATE users SET n = f(n)',
  ]),
  lists('triggers in an order', [
    'CREATE TRIGGER a BEFORE UPDATE ON users FOR EACH ROW SET NEW.n = NEW.n + 1',
    'CREATE TRIGGER b BEFORE UPDATE ON users FOR EACH ROW PRECEDES a SET NEW.n = NEW.n * 2',
    'UPDATE users SET n = 5',
    'DROP TRIGGER a',
    'DROP TRIGGER IF EXISTS a',
  ]),
  lists('columns in many clauses', [
    'ALTER TABLE users ADD COLUMN a INT FIRST, ADD COLUMN b INT AFTER id, DROP COLUMN name',
    'ALTER TABLE users MODIFY a BIGINT, CHANGE b c VARCHAR(10)',
    'ALTER TABLE users MODIFY COLUMN c VARCHAR(10) AFTER email',
    'ALTER TABLE users ALTER COLUMN a SET DEFAULT 3',
    'ALTER TABLE users ALTER COLUMN a DROP DEFAULT',
  ]),
  lists('generated columns and checks', [
    'ALTER TABLE users ADD COLUMN g INT GENERATED ALWAYS AS (n * 2) STORED, ADD COLUMN v INT AS (n + 1) VIRTUAL',
    'ALTER TABLE users ADD CONSTRAINT ck CHECK (n >= 0)',
    'ALTER TABLE users DROP CONSTRAINT ck',
    'ALTER TABLE users DROP COLUMN g',
    'ALTER TABLE users ADD CHECK (n < 1000)',
  ]),
  lists('the defaults of the database', [
    'ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    'CREATE TABLE made (a VARCHAR(5))',
    'ALTER DATABASE COLLATE utf8mb4_general_ci',
    'ALTER TABLE made CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
  ]),
  lists('the same thing again', [
    'ALTER TABLE users ADD COLUMN a INT',
    'ALTER TABLE users DROP COLUMN a',
    'ALTER TABLE users ADD COLUMN a INT',
    'UPDATE users SET a = 1',
    'ALTER TABLE users DROP COLUMN a',
    'ALTER TABLE users ADD COLUMN a INT',
  ]),
  lists('a primary key', [
    'ALTER TABLE log ADD COLUMN id INT NOT NULL DEFAULT 0',
    "INSERT INTO log VALUES ('a', 1), ('b', 2)",
    'ALTER TABLE log ADD PRIMARY KEY (id)',
    'ALTER TABLE log DROP PRIMARY KEY, ADD PRIMARY KEY (id), ADD UNIQUE KEY u (id)',
    'ALTER TABLE log MODIFY id INT AUTO_INCREMENT',
    "INSERT INTO log (what) VALUES ('c')",
  ]),
  records('the last four are empty', column('a'), nothing, nothing, nothing, nothing),
  records('empty between changes', column('a'), nothing, column('b'), nothing, write, nothing),
  records('the first ones are empty', nothing, nothing, column('a'), write),
  records('only reads between writes', write, reads, column('a'), reads, write),
  records(
    'empty without a transaction',
    bareOf(column('a')),
    bareOf(nothing),
    bareOf(write),
    bareOf(nothing),
    bareOf(reads),
  ),
  records(
    'the last one leaves tables locked',
    column('a'),
    bareOf(async (knex) => {
      await knex.raw('LOCK TABLES users WRITE');
      await knex.raw('UPDATE users SET n = 1');
      await knex.raw('UNLOCK TABLES');
    }),
  ),
  records(
    'the last one begins a transaction',
    column('a'),
    bareOf(async (knex) => {
      await knex.raw('BEGIN');
      await knex.raw('UPDATE users SET n = n + 1');
      await knex.raw('COMMIT');
    }),
  ),
  records(
    'the last one allows only reading',
    write,
    column('a'),
    bareOf(async (knex) => {
      await knex.raw('UPDATE users SET n = n + 1');
      await knex.raw('SET TRANSACTION READ WRITE');
    }),
  ),
  records('reads the records', write, async (knex) => {
    const rows = await knex('knex_migrations').select('name', 'batch').orderBy('id');
    await knex('log').insert({ what: JSON.stringify(rows) });
    await knex.schema.alterTable('users', (t) => t.integer('a'));
  }),
  {
    name: 'random: a UUID that is bound',
    base: SHOP,
    random: ['users.email'],
    migrations: bare(async (knex) => {
      await knex('users').where('id', 1).update({ email: randomUUID() });
      await knex.schema.alterTable('users', (t) => t.integer('x'));
      await knex('users').where('id', 2).update({ email: randomUUID(), n: 5 });
      await knex.schema.alterTable('users', (t) => t.integer('y'));
    }),
  },
  {
    name: 'random: a UUID that is bound, in a transaction',
    base: SHOP,
    random: ['users.email'],
    migrations: one(async (knex) => {
      await knex('users').where('id', 1).update({ email: randomUUID() });
      await knex('users').where('id', 2).update({ email: randomUUID() });
      await knex('users').increment('n');
    }),
  },
  {
    name: 'random: the time of the clock',
    base: SHOP,
    random: ['orders.until', 'log.what'],
    migrations: bare(async (knex) => {
      await knex('orders').where('id', 1).update({ until: new Date() });
      await knex.schema.alterTable('users', (t) => t.integer('x'));
      await knex('orders').where('id', 2).update({ until: knex.fn.now() });
      await knex('log').insert({ what: String(Date.now()) });
      await knex.schema.alterTable('users', (t) => t.integer('y'));
    }),
  },
  {
    name: 'random: values that the server makes',
    base: SHOP,
    random: ['users.name', 'log.what'],
    migrations: bare(async (knex) => {
      await knex.raw('UPDATE users SET name = UUID()');
      await knex.raw('SET @u = UUID()');
      await knex.raw('INSERT INTO log VALUES (@u)');
      await knex.schema.alterTable('users', (t) => t.integer('x'));
      await knex.raw('UPDATE log SET what = @u');
      await knex.raw('UPDATE users SET n = IF(RAND() < 2, n + 1, n)');
      await knex.schema.alterTable('users', (t) => t.integer('y'));
    }),
  },
  {
    name: 'random: the order of the rows',
    base: SHOP,
    migrations: bare(async (knex) => {
      const ids = [1, 2, 3].sort(() => Math.random() - 0.5);
      for (const id of ids) await knex('users').where({ id }).increment('n', id);
      await knex.schema.alterTable('users', (t) => t.integer('x'));
    }),
  },
];
