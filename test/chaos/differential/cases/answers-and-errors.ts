import { randomUUID } from 'node:crypto';
import type { ChaosCase } from '../chaos-case.ts';
import type { ServerError } from '../server-error.ts';

const BASE = [
  'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0)',
  'CREATE TABLE big (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, body VARCHAR(4000), done TINYINT NOT NULL DEFAULT 0)',
  "INSERT INTO users (email,name) VALUES ('a@x','Ann'),('b@x','Bob'),('c@x','Cyd'),('d@x','Dee')",
  "INSERT INTO big (body) SELECT REPEAT('x', 3000) FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7) a, (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) b",
  'CREATE TABLE seq (name VARCHAR(20) PRIMARY KEY, v INT NOT NULL)',
  "INSERT INTO seq VALUES ('inv', 100)",
];

export const ANSWERS_AND_ERRORS: readonly ChaosCase[] = [
  {
    name: 'seed-ids-trx',
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
    name: 'seqlast',
    base: BASE,
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
    name: 'identity',
    refersTo: ['users.n'],
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw("INSERT INTO users (email) VALUES ('n@x')");
          await knex.raw('UPDATE users SET n = @@identity WHERE id = 1');
          await knex.raw('UPDATE users SET n = n + @@last_insert_id WHERE id = 2');
          await knex.raw('ALTER TABLE users ADD COLUMN z INT');
        },
      },
    ],
  },
  {
    name: 'setfunc',
    base: [
      'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0)',
      'CREATE TABLE big (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, body VARCHAR(4000), done TINYINT NOT NULL DEFAULT 0)',
      "INSERT INTO users (email,name) VALUES ('a@x','Ann'),('b@x','Bob'),('c@x','Cyd'),('d@x','Dee')",
      "INSERT INTO big (body) SELECT REPEAT('x', 3000) FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7) a, (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) b",
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
          await knex.raw("DO next_id('inv')");
          await knex.raw('ALTER TABLE users ADD COLUMN z INT');
          await knex.raw('ALTER TABLE users ADD COLUMN z2 INT');
        },
      },
    ],
  },
  {
    name: 'dropread',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.schema.createTable('docs', (t) => {
            t.increments();
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
    name: 'dropstream',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.schema.createTable('docs', (t) => {
            t.increments();
            t.integer('len');
          });
          let sum = 0;
          for await (const r of knex('big').select('id', 'body').stream()) sum += r.body.length;
          await knex('docs').insert({ len: sum });
          await knex.schema.dropTable('big');
          await knex.schema.alterTable('docs', (t) => t.integer('more'));
        },
      },
    ],
  },
  {
    name: 'err-code',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('ALTER TABLE users ADD UNIQUE KEY ue (email)');
          for (const email of ['a@x', 'zz@x']) {
            try {
              await knex('users').insert({ email, name: 'dup' });
            } catch (error) {
              const e = error as ServerError;
              if (e.code !== 'ER_DUP_ENTRY') throw e;
              await knex('users').where({ email }).increment('n', 1);
            }
          }
          await knex.schema.alterTable('users', (t) => t.integer('x3'));
        },
      },
    ],
  },
  {
    name: 'setmode',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.raw("SET SESSION sql_mode = ''");
          await knex.raw("SET time_zone = '+05:00'");
          await knex.schema.alterTable('users', (t) => t.string('short', 3));
        },
      },
      {
        id: '20250102000000_b',
        up: async (knex) => {
          await knex('users').where('id', 1).update({ short: 'toolong' });
          await knex.raw('UPDATE users SET name = FROM_UNIXTIME(86400)');
          await knex.schema.alterTable('users', (t) => t.integer('x2'));
        },
      },
    ],
  },
  {
    name: 'revoke',
    base: BASE,
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
    name: 'rand',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('UPDATE users SET name = uuid()');
          await knex('users').update({ name: 'x' });
          await knex('users').insert({ email: randomUUID(), name: 'r', n: 5 });
          await knex('users').where({ name: 'r' }).update({ email: 'fixed' });
          await knex.raw('ALTER TABLE users ADD COLUMN z INT');
        },
      },
    ],
  },
  {
    name: 'errtrx',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.schema.alterTable('users', (t) => t.integer('x1'));
          try {
            await knex.transaction(async (trx) => {
              await trx('users').increment('n', 5);
              await trx('users').insert({ id: 1, email: 'dup' });
            });
          } catch {
            await knex('users').increment('n', 100);
          }
          await knex.schema.alterTable('users', (t) => t.integer('x2'));
          for (let i = 0; i < 3; i++) {
            await knex.transaction(async (trx) => {
              const r = await trx('users')
                .where('x1', null)
                .orderBy('id')
                .limit(2)
                .forUpdate()
                .select('id');
              for (const x of r)
                await trx('users')
                  .where('id', x.id)
                  .update({ x1: i, n: trx.raw('n + 1') });
            });
          }
          await knex('users')
            .where('id', 1)
            .update({ x2: (await knex('users').sum('n as s').first())?.s });
        },
      },
    ],
  },
];
