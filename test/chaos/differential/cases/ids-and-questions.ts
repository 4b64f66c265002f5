import type { Knex } from 'knex';
import { bare, type ChaosCase, one } from '../chaos-case.ts';
import type { ServerKind } from '../chaos-server.ts';
import { SHOP } from './bases.ts';

/** Whether a transaction is open is compared by a case of its own. */
const withoutStatus = (key: string, value: unknown) => (key === 'serverStatus' ? undefined : value);

/** Asks about the statement before, without and with a transaction, and keeps the answer. */
function asks(
  name: string,
  statement: string,
  question: string,
  servers?: readonly ServerKind[],
): readonly ChaosCase[] {
  const isId = /_INSERT_ID|identity/i.test(question) && question.startsWith('SELECT');
  const up = async (knex: Knex) => {
    await knex.raw('ALTER TABLE users ADD COLUMN x1 INT');
    await knex.raw(statement).catch(() => {});
    const [rows] = await knex.raw(question);
    // An id is alone, which shows the gap of an insert that was rolled back.
    await knex('log').insert({
      what: isId ? Object.values(rows[0])[0] : JSON.stringify(rows, withoutStatus),
    });
    await knex.raw('ALTER TABLE users ADD COLUMN x2 INT');
    await knex.raw('ALTER TABLE users ADD COLUMN x3 INT');
  };
  const common = {
    refersTo: ['log.what', 'orders.user_id'],
    base: SHOP,
    ...(servers !== undefined && { servers }),
  };
  return [
    { ...common, name: `asks: ${name}`, migrations: bare(up) },
    { ...common, name: `asks: ${name}, in a transaction`, migrations: one(up) },
  ];
}

const questions: readonly ChaosCase[] = [
  ...asks('ROW_COUNT of an update', 'UPDATE users SET n = n + 1', 'SELECT ROW_COUNT() AS c'),
  ...asks(
    'ROW_COUNT of a change of a table',
    'ALTER TABLE log ADD COLUMN y INT',
    'SELECT ROW_COUNT() AS c',
  ),
  ...asks('ROW_COUNT of a read', 'SELECT * FROM users', 'SELECT ROW_COUNT() AS c'),
  ...asks('FOUND_ROWS of a read', 'SELECT * FROM users LIMIT 2', 'SELECT FOUND_ROWS() AS c'),
  ...asks(
    'FOUND_ROWS of all',
    'SELECT SQL_CALC_FOUND_ROWS * FROM users LIMIT 1',
    'SELECT FOUND_ROWS() AS c',
  ),
  ...asks('SHOW WARNINGS', 'DROP TABLE IF EXISTS never_there', 'SHOW WARNINGS'),
  ...asks('SHOW ERRORS after an error', 'SELECT * FROM never_there', 'SHOW COUNT(*) ERRORS'),
  ...asks(
    '@@warning_count',
    'INSERT IGNORE INTO orders VALUES (1, 1, 1, NULL)',
    'SELECT @@warning_count AS c',
  ),
  ...asks('@@error_count after an error', 'SELECT * FROM never_there', 'SELECT @@error_count AS c'),
  ...asks(
    'LAST_INSERT_ID',
    "INSERT INTO users (email) VALUES ('n')",
    'SELECT LAST_INSERT_ID() AS c',
  ),
  ...asks('@@identity', "INSERT INTO users (email) VALUES ('n')", 'SELECT @@identity AS c'),
  ...asks(
    '@@last_insert_id',
    'UPDATE users SET n = LAST_INSERT_ID(n + 7) WHERE id = 1',
    'SELECT @@last_insert_id AS c',
  ),
  ...asks('a variable of a read', 'SELECT COUNT(*) INTO @c FROM users', 'SELECT @c AS c'),
  ...asks(
    'ROW_COUNT in the next write',
    'UPDATE users SET n = n + 1 WHERE id < 3',
    'UPDATE orders SET total = ROW_COUNT()',
  ),
  ...asks(
    'LAST_INSERT_ID in the next write',
    "INSERT INTO users (email) VALUES ('n')",
    'UPDATE orders SET user_id = LAST_INSERT_ID()',
  ),
  ...asks('GET DIAGNOSTICS', 'UPDATE users SET n = n + 1', 'GET DIAGNOSTICS @c = ROW_COUNT'),
];

export const IDS_AND_QUESTIONS: readonly ChaosCase[] = [
  ...questions,
  {
    name: 'ids: a variable of a question is used later',
    base: SHOP,
    migrations: bare(async (knex) => {
      await knex.raw('UPDATE users SET n = n + 1');
      await knex.raw('GET DIAGNOSTICS @c = ROW_COUNT');
      await knex.raw('UPDATE orders SET total = @c');
      await knex.raw('SET @r = ROW_COUNT()');
      await knex.raw('ALTER TABLE users ADD COLUMN x INT');
      await knex.raw('INSERT INTO log VALUES (CONCAT(@c, @r))');
      await knex.raw('ALTER TABLE users ADD COLUMN y INT');
    }),
  },
  {
    name: 'ids: rows that refer to ids written by hand',
    base: SHOP,
    migrations: one(async (knex) => {
      await knex.schema.createTable('roles', (t) => {
        t.increments('id');
        t.string('name');
      });
      await knex.schema.createTable('grants', (t) => {
        t.integer('role').unsigned().references('roles.id');
        t.string('what');
      });
      await knex.batchInsert(
        'roles',
        ['admin', 'member', 'guest'].map((name) => ({ name })),
        2,
      );
      await knex('grants').insert([1, 2, 3].map((role) => ({ role, what: `of ${role}` })));
      await knex('users').update({ n: 1 });
    }),
  },
  {
    name: 'ids: inserts that are rolled back, ignored and updated',
    base: SHOP,
    migrations: one(async (knex) => {
      await knex.raw('CREATE TABLE made (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(10) UNIQUE)');
      await knex('made').insert({ a: 'a' });
      await knex.raw("INSERT IGNORE INTO made (a) VALUES ('a'), ('b')");
      await knex.raw("INSERT INTO made (a) VALUES ('a') ON DUPLICATE KEY UPDATE a = 'aa'");
      await knex
        .transaction(async (trx) => {
          await trx('made').insert({ a: 'x' });
          throw new Error('not this one');
        })
        .catch(() => {});
      await knex('made').insert({ a: 'c' });
      await knex.raw('INSERT INTO made (a) SELECT email FROM users');
      await knex('made').insert({ a: 'd' });
      await knex.raw('ALTER TABLE users ADD COLUMN x INT');
      await knex('made').insert({ a: 'e' });
    }),
  },
  {
    name: 'ids: a counter that is set',
    base: SHOP,
    migrations: bare(async (knex) => {
      await knex.raw(
        'CREATE TABLE made (id INT AUTO_INCREMENT PRIMARY KEY, a INT) AUTO_INCREMENT = 100',
      );
      await knex('made').insert([{ a: 1 }, { a: 2 }]);
      await knex.raw('ALTER TABLE made AUTO_INCREMENT = 500');
      await knex('made').insert({ a: 3 });
      await knex.raw('DELETE FROM made WHERE a = 3');
      await knex('made').insert({ a: 4 });
      await knex.raw('TRUNCATE TABLE made');
      await knex('made').insert({ a: 5 });
      await knex.raw('ALTER TABLE users ADD COLUMN x INT');
    }),
  },
  {
    name: 'ids: a table of one migration, filled by the next',
    base: SHOP,
    gapsIn: ['made'],
    migrations: [
      {
        id: '20250101000000_a',
        up: (knex) =>
          knex.schema.createTable('made', (t) => {
            t.increments();
            t.string('a');
          }),
      },
      {
        id: '20250102000000_b',
        up: async (knex) => {
          await knex('made').insert([{ a: 'one' }, { a: 'two' }]);
          await knex('users').increment('n');
        },
      },
      {
        id: '20250103000000_c',
        up: async (knex) => {
          await knex('made').insert({ a: 'three' });
          await knex.schema.alterTable('made', (t) => t.integer('x'));
          await knex('made').insert({ a: 'four' });
        },
      },
    ],
  },
  {
    name: 'ids: an id that comes back is used',
    base: SHOP,
    refersTo: ['orders.user_id', 'users.n'],
    migrations: bare(async (knex) => {
      const [id] = await knex('users').insert({ email: 'n@x' });
      await knex('orders').insert({ id: 9, user_id: id });
      await knex.schema.alterTable('users', (t) => t.integer('x'));
      await knex('orders').where({ user_id: id }).update({ total: 5 });
      await knex.raw("INSERT INTO users (email) VALUES ('o@x')");
      await knex.raw('INSERT INTO orders (id, user_id) VALUES (10, LAST_INSERT_ID())');
      await knex.schema.alterTable('users', (t) => t.integer('y'));
    }),
  },
  {
    name: 'ids: several statements that pass an id on',
    base: SHOP,
    refersTo: ['orders.user_id'],
    migrations: bare(async (knex) => {
      await knex.raw(
        "INSERT INTO users (email) VALUES ('n@x'); SET @u = LAST_INSERT_ID(); INSERT INTO orders (id, user_id) VALUES (9, @u)",
      );
      await knex.schema.alterTable('users', (t) => t.integer('x'));
      await knex.raw('UPDATE orders SET total = 1 WHERE user_id = @u');
      await knex.schema.alterTable('users', (t) => t.integer('y'));
    }),
  },
];
