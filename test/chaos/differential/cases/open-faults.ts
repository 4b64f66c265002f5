import type { ChaosCase } from '../chaos-case.ts';
import type { ServerError } from '../server-error.ts';

const BASE = [
  'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0)',
  "INSERT INTO users (email,name) VALUES ('a@x','Ann'),('b@x','Bob')",
];

export const OPEN_FAULTS: readonly ChaosCase[] = [
  {
    name: 'D1-error-code',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.schema.alterTable('users', (t) => t.integer('x1'));
          try {
            await knex.schema.alterTable('users', (t) => t.string('name'));
          } catch (error) {
            const e = error as ServerError;
            if (e.code !== 'ER_DUP_FIELDNAME') throw e;
          }
          await knex.schema.alterTable('users', (t) => t.integer('x2'));
          await knex.schema.alterTable('users', (t) => t.integer('x3'));
        },
      },
    ],
  },
  {
    name: 'D4-long-read-then-drop',
    base: [
      'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0)',
      "INSERT INTO users (email,name) VALUES ('a@x','Ann'),('b@x','Bob')",
      'CREATE TABLE big (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, body VARCHAR(4000), done TINYINT NOT NULL DEFAULT 0)',
      "INSERT INTO big (body) SELECT REPEAT('x', 3000) FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6) a, (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7) b",
    ],
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.schema.createTable('docs', (t) => {
            t.integer('id');
            t.integer('len');
          });
          const rows = await knex('big').select('id', 'body');
          await knex('docs').insert(rows.map((r) => ({ id: r.id, len: r.body.length })));
          await knex.schema.alterTable('big', (t) => t.dropColumn('body'));
          await knex.schema.alterTable('docs', (t) => t.integer('more'));
        },
      },
    ],
  },
  {
    name: 'D7-set-function',
    base: [
      'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0)',
      "INSERT INTO users (email,name) VALUES ('a@x','Ann'),('b@x','Bob')",
      'CREATE TABLE seq (name VARCHAR(20) PRIMARY KEY, v INT NOT NULL)',
      "INSERT INTO seq VALUES ('inv', 100)",
      'CREATE FUNCTION next_id(s VARCHAR(20)) RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN UPDATE seq SET v = v + 1 WHERE name = s; RETURN (SELECT v FROM seq WHERE name = s); END',
    ],
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw("SET @id = next_id('inv')");
          await knex.raw('UPDATE users SET n = @id WHERE id = 1');
          await knex.raw('ALTER TABLE users ADD COLUMN z INT');
          await knex.raw('ALTER TABLE users ADD COLUMN z2 INT');
        },
      },
    ],
  },
  {
    name: 'D8-last-insert-id-expr',
    base: [
      'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0)',
      "INSERT INTO users (email,name) VALUES ('a@x','Ann'),('b@x','Bob')",
      'CREATE TABLE seq (name VARCHAR(20) PRIMARY KEY, v INT NOT NULL)',
      "INSERT INTO seq VALUES ('inv', 100)",
    ],
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw("UPDATE seq SET v = LAST_INSERT_ID(v + 1) WHERE name = 'inv'");
          await knex.raw('UPDATE users SET n = LAST_INSERT_ID() WHERE id = 1');
          await knex.raw('ALTER TABLE users ADD COLUMN z INT');
        },
      },
    ],
  },
  {
    name: 'D6-row-count-clean-run',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('UPDATE users SET n = n + 1');
          const [[r]] = await knex.raw('SELECT ROW_COUNT() AS c');
          await knex.raw('CREATE TABLE result (c INT)');
          await knex('result').insert({ c: r.c });
        },
      },
    ],
  },
  {
    name: 'D5-auto-increment-gap',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.schema.createTable('roles', (t) => {
            t.increments('id');
            t.string('role');
          });
          await knex.schema.createTable('perms', (t) => {
            t.integer('role_ref');
            t.string('perm');
          });
          await knex('roles').insert([{ role: 'admin' }, { role: 'member' }]);
          await knex('perms').insert([
            { role_ref: 1, perm: 'all' },
            { role_ref: 2, perm: 'read' },
          ]);
          await knex('users').update({ n: 1 });
        },
      },
    ],
  },
  {
    name: 'D13-session-across',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.raw("SET SESSION sql_mode = ''");
          await knex.schema.alterTable('users', (t) => t.string('short', 3));
        },
      },
      {
        id: '20250102000000_b',
        up: async (knex) => {
          await knex('users').where('id', 1).update({ short: 'toolong' });
          await knex.schema.alterTable('users', (t) => t.integer('x2'));
        },
      },
    ],
  },
  {
    name: 'D14a-revoke',
    base: BASE,
    servers: ['mariadb'],
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex, { guest }) => {
          await knex.raw(`GRANT SELECT ON users TO '${guest}'@'%'`);
          await knex.raw(`REVOKE SELECT ON users FROM '${guest}'@'%'`);
          await knex.raw('ALTER TABLE users ADD COLUMN z INT');
        },
      },
    ],
  },
  {
    name: 'D14b-create-partitioned',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw(
            'CREATE TABLE logs (id INT NOT NULL, d INT NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE (d) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))',
          );
          await knex.raw('ALTER TABLE users ADD COLUMN z INT');
        },
      },
    ],
  },
  {
    name: 'D14c-set-variable-anew',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw(
            "SET @s = 'ALTER TABLE users ADD COLUMN p INT'; PREPARE st FROM @s; EXECUTE st; DEALLOCATE PREPARE st",
          );
          await knex.raw(
            "SET @s = 'ALTER TABLE users ADD COLUMN q INT'; PREPARE st FROM @s; EXECUTE st; DEALLOCATE PREPARE st",
          );
          await knex.raw('ALTER TABLE users ADD COLUMN z INT');
        },
      },
    ],
  },
];
