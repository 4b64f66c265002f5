import type { ChaosCase } from '../chaos-case.ts';
import type { ServerError } from '../server-error.ts';

const BASE = [
  "CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), legacy VARCHAR(50), kind ENUM('a','b') NOT NULL DEFAULT 'a', meta JSON NULL, created_at DATETIME NOT NULL DEFAULT '2020-01-01 00:00:00')",
  "CREATE TABLE orders (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, user_id INT UNSIGNED NOT NULL, total DECIMAL(10,2) NOT NULL DEFAULT 0, state VARCHAR(20) NOT NULL DEFAULT 'new', CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users(id))",
  "INSERT INTO users (email,name,legacy) VALUES ('a@x','Ann','l1'),('b@x','Bob','l2'),('c@x','Cyd',NULL),('d@x','Dee','l4')",
  'INSERT INTO orders (user_id,total) VALUES (1,10),(1,20),(2,5),(3,7.5)',
];

export const SCHEMA_AND_SESSION: readonly ChaosCase[] = [
  {
    name: 'schema1',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          if (!(await knex.schema.hasTable('teams')))
            await knex.schema.createTable('teams', (t) => {
              t.increments('id');
              t.string('name', 80).notNullable().unique();
              t.uuid('ref_nd').defaultTo(knex.raw('(uuid())'));
              t.json('cfg');
              t.timestamps(true, true);
              t.integer('owner').unsigned().references('id').inTable('users').onDelete('SET NULL');
              t.index(['name', 'owner'], 'teams_no');
              t.comment('teams; of "people"');
              t.engine('InnoDB');
            });
          await knex.schema.alterTable('users', (t) => {
            t.integer('team_id').unsigned().nullable();
            t.string('phone', 30);
            t.dropColumn('legacy');
          });
          await knex.schema.alterTable('users', (t) => {
            t.foreign('team_id', 'users_team_fk').references('teams.id');
            t.index('email', 'users_email_idx');
          });
          await knex.schema.alterTable('users', (t) => {
            t.string('name', 200).notNullable().defaultTo('x').alter();
          });
          await knex.schema.alterTable('orders', (t) => {
            t.dropForeign('user_id', 'orders_user');
          });
          await knex.schema.alterTable('orders', (t) => {
            t.foreign('user_id', 'orders_user').references('users.id').onDelete('CASCADE');
          });
          await knex.schema.alterTable('orders', (t) => {
            t.renameColumn('state', 'status');
          });
          await knex.schema.renameTable('orders', 'purchases');
          if (!(await knex.schema.hasColumn('purchases', 'note')))
            await knex.schema.alterTable('purchases', (t) => t.text('note'));
        },
        down: async (knex) => {
          await knex.schema.alterTable('purchases', (t) => t.dropColumn('note'));
          await knex.schema.renameTable('purchases', 'orders');
          await knex.schema.alterTable('orders', (t) => {
            t.renameColumn('status', 'state');
          });
          await knex.schema.alterTable('orders', (t) => {
            t.dropForeign('user_id', 'orders_user');
          });
          await knex.schema.alterTable('orders', (t) => {
            t.foreign('user_id', 'orders_user').references('users.id');
          });
          await knex.schema.alterTable('users', (t) => {
            t.string('name', 100).nullable().alter();
          });
          await knex.schema.alterTable('users', (t) => {
            t.dropForeign('team_id', 'users_team_fk');
            t.dropIndex('email', 'users_email_idx');
          });
          await knex.schema.alterTable('users', (t) => {
            t.dropColumns('team_id', 'phone');
            t.string('legacy', 50);
          });
          await knex.schema.dropTable('teams');
        },
      },
    ],
  },
  {
    name: 'schema2',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.raw('ALTER TABLE users ADD INDEX pfx (name(10))');
          await knex.raw("ALTER TABLE users MODIFY kind ENUM('a','b','c') NOT NULL DEFAULT 'b'");
          await knex.raw(
            'ALTER TABLE users ADD COLUMN email_l VARCHAR(190) GENERATED ALWAYS AS (lower(email)) STORED, ADD COLUMN nlen INT GENERATED ALWAYS AS (char_length(name)) VIRTUAL',
          );
          await knex.raw('ALTER TABLE orders ADD CONSTRAINT total_pos CHECK (total >= 0)');
          await knex.schema.alterTable('users', (t) => {
            t.dropColumn('legacy');
          });
          await knex.schema.alterTable('users', (t) => {
            t.integer('legacy').notNullable().defaultTo(7);
          });
          await knex.raw('ALTER TABLE users DROP COLUMN legacy, ADD COLUMN legacy TEXT');
          await knex.raw(
            'ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
          );
          await knex.schema.alterTable('users', (t) => {
            t.unique(['email'], { indexName: 'users_email_u' });
          });
          await knex.raw('CREATE OR REPLACE VIEW v_users AS SELECT id, email FROM users');
          await knex.raw(
            'CREATE OR REPLACE VIEW v_users AS SELECT id, email, name FROM users WHERE kind <> "c"',
          );
          await knex.raw(
            'CREATE TRIGGER tr_o BEFORE INSERT ON orders FOR EACH ROW BEGIN IF NEW.total IS NULL THEN SET NEW.total = 0; END IF; SET NEW.state = UPPER(NEW.state); END',
          );
          await knex.raw(
            'CREATE PROCEDURE pr(IN n INT) BEGIN DECLARE i INT DEFAULT 0; WHILE i < n DO INSERT INTO orders (user_id,total) VALUES (1, i); SET i = i + 1; END WHILE; END',
          );
          await knex.raw('CALL pr(3)');
          await knex.raw('DROP PROCEDURE pr');
          await knex.raw(
            "CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO DELETE FROM orders WHERE state = 'OLD'",
          );
          await knex.raw(
            'CREATE TABLE logs (id INT NOT NULL, d INT NOT NULL, PRIMARY KEY (id,d)) PARTITION BY RANGE (d) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))',
          );
          await knex.raw('ALTER TABLE logs ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))');
          await knex.raw('ALTER TABLE logs DROP PARTITION p0');
        },
        down: async (knex) => {
          await knex.raw('DROP TABLE logs');
          await knex.raw('DROP EVENT ev');
          await knex.raw('DROP TRIGGER tr_o');
          await knex.raw('DROP VIEW v_users');
          await knex('orders').where('id', '>', 4).del();
          await knex.raw(
            'ALTER TABLE users DROP INDEX users_email_u, DROP COLUMN email_l, DROP COLUMN nlen, DROP INDEX pfx',
          );
          await knex.raw(process.env.X ? '' : 'ALTER TABLE orders DROP CONSTRAINT total_pos');
        },
      },
    ],
  },
  {
    name: 'data1',
    base: BASE,
    refersTo: ['audit.user_id of users', 'orders.user_id of users'],
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.schema.alterTable('users', (t) =>
            t.integer('spent').notNullable().defaultTo(0),
          );
          await knex.raw(
            'UPDATE users u JOIN (SELECT user_id, SUM(total) s FROM orders GROUP BY user_id) o ON o.user_id = u.id SET u.spent = u.spent + o.s',
          );
          await knex.schema.createTable('audit', (t) => {
            t.increments();
            t.integer('user_id');
            t.integer('hits').notNullable().defaultTo(0);
            t.unique('user_id');
            t.datetime('at');
            t.binary('raw');
            t.bigInteger('big');
            t.json('j');
          });
          await knex.raw('INSERT INTO audit (user_id, hits) SELECT id, 1 FROM users');
          await knex.raw(
            'INSERT INTO audit (user_id, hits) SELECT id, 1 FROM users ON DUPLICATE KEY UPDATE hits = hits + 1',
          );
          const [id] = await knex('users').insert({ email: 'new@x', name: 'New' });
          await knex('orders').insert({ user_id: id, total: 99 });
          await knex('orders').insert([
            { user_id: id, total: 98 },
            { user_id: id, total: 97 },
          ]);
          await knex('audit').insert({
            user_id: id,
            hits: 5,
            at: new Date('2024-02-03T04:05:06Z'),
            raw: Buffer.from([0, 1, 255, 39, 92]),
            big: 9007199254740993n,
            j: JSON.stringify({ a: [1, '?', "it's"] }),
          });
          const row = await knex('audit').where({ user_id: id }).first();
          await knex('audit').insert({
            user_id: 1000,
            at: row.at,
            raw: row.raw,
            big: row.big,
            j: JSON.stringify(row.j),
          });
          await knex.raw('DELETE FROM orders WHERE total < 10 ORDER BY id LIMIT 1');
          for (;;) {
            const rows = await knex('orders')
              .where('state', 'new')
              .orderBy('id')
              .limit(2)
              .select('id');
            if (!rows.length) break;
            await knex('orders')
              .whereIn(
                'id',
                rows.map((r) => r.id),
              )
              .update({ state: 'seen', total: knex.raw('total + 1') });
          }
          await knex.transaction(async (trx) => {
            await trx('users').increment('spent', 1);
            const sp = await trx.transaction();
            await sp('users').increment('spent', 100);
            await sp.rollback();
            await trx.transaction(async (t3) => {
              await t3('users').increment('spent', 10);
            });
          });
          await Promise.all([
            knex('audit').where('user_id', 1).increment('hits', 10),
            knex('audit').where('user_id', 2).increment('hits', 20),
            knex('users').where('id', 1).update({ name: 'Anna' }),
          ]);
          await Promise.all([
            knex.schema.alterTable('users', (t) => t.integer('p1')),
            knex.schema.alterTable('orders', (t) => t.integer('p2')),
            knex.schema.createTable('p3', (t) => t.increments()),
          ]);
        },
        down: async (knex) => {
          await knex.schema.dropTable('p3');
          await knex.schema.alterTable('orders', (t) => t.dropColumn('p2'));
          await knex.schema.alterTable('users', (t) => t.dropColumn('p1'));
          await knex.raw('UPDATE orders SET total = total - 1');
          await knex('orders').where('total', '>', 90).del();
          await knex('users').where('email', 'new@x').del();
          await knex('orders').update({ state: 'new' });
          await knex.schema.dropTable('audit');
          await knex.schema.alterTable('users', (t) => t.dropColumn('spent'));
        },
      },
    ],
  },
  {
    name: 'swallow-code',
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
          try {
            await knex.schema.createTable('orders', (t) => t.increments());
          } catch (error) {
            const e = error as ServerError;
            if (e.errno !== 1050) throw e;
          }
          await knex.schema.alterTable('users', (t) => t.integer('x3'));
          await knex.schema.alterTable('users', (t) => t.integer('x4'));
        },
        down: async (knex) => {
          await knex.schema.alterTable('users', (t) => t.dropColumns('x1', 'x2', 'x3', 'x4'));
        },
      },
    ],
  },
  {
    name: 'swallow-msg',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('ALTER TABLE users ADD UNIQUE KEY ue (email)');
          try {
            await knex('users').insert({ email: 'a@x', name: 'dup' });
          } catch (error) {
            const e = error as ServerError;
            if (!/Duplicate entry/.test(e.message)) throw e;
            await knex('orders').insert({
              user_id: 1,
              total: 1,
              state: /insert into/.test(e.message) ? 'withsql' : 'nosql',
            });
          }
          await knex.schema.alterTable('users', (t) => t.integer('x3'));
          try {
            await knex('nope').select();
          } catch (error) {
            const e = error as ServerError;
            if (e.sqlState !== '42S02' || !('sql' in e))
              throw new Error(`unexpected ${JSON.stringify(Object.keys(e))}`);
          }
          await knex.schema.alterTable('users', (t) => t.integer('x4'));
          await knex('users').update({ x4: 4 });
        },
      },
    ],
  },
  {
    name: 'session-fk',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('SET FOREIGN_KEY_CHECKS=0');
          await knex.raw('DROP TABLE users');
          await knex.raw('CREATE TABLE users (id INT UNSIGNED PRIMARY KEY, email VARCHAR(10))');
          await knex.raw('INSERT INTO orders (user_id) VALUES (77)');
          await knex.raw('SET FOREIGN_KEY_CHECKS=1');
          await knex.raw('SET @n := (SELECT COUNT(*) FROM orders)');
          await knex.raw('CREATE TABLE cnt (n INT, src VARCHAR(20))');
          await knex.raw("INSERT INTO cnt VALUES (@n, 'var')");
          await knex.raw('CREATE TEMPORARY TABLE tmp AS SELECT id, total FROM orders');
          await knex.raw("INSERT INTO cnt SELECT COUNT(*), 'tmp' FROM tmp");
          await knex.raw('DROP TEMPORARY TABLE tmp');
          await knex.raw('ALTER TABLE cnt ADD COLUMN z INT');
        },
      },
    ],
  },
  {
    name: 'session-across',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.raw('SET FOREIGN_KEY_CHECKS=0');
          await knex.schema.alterTable('users', (t) => t.integer('x1'));
        },
      },
      {
        id: '20250102000000_b',
        up: async (knex) => {
          await knex.raw('INSERT INTO orders (user_id) VALUES (77)');
          await knex.schema.alterTable('users', (t) => t.integer('x2'));
        },
      },
      {
        id: '20250103000000_c',
        up: async (knex) => {
          await knex.raw('SET FOREIGN_KEY_CHECKS=1');
        },
      },
    ],
  },
  {
    name: 'prepare',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw(
            "SET @c = (SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME='users' AND COLUMN_NAME='px')",
          );
          await knex.raw("SET @s = IF(@c = 0, 'ALTER TABLE users ADD COLUMN px INT', 'SELECT 1')");
          await knex.raw('PREPARE st FROM @s');
          await knex.raw('EXECUTE st');
          await knex.raw('DEALLOCATE PREPARE st');
          await knex.raw(
            "SET @s2 = 'UPDATE users SET px = COALESCE(px,0) + 1'; PREPARE st FROM @s2; EXECUTE st; DEALLOCATE PREPARE st;",
          );
          await knex.raw('ALTER TABLE users ADD COLUMN py INT');
        },
      },
    ],
  },
  {
    name: 'multi',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.raw(
            "ALTER TABLE users ADD COLUMN m1 INT; UPDATE users SET m1 = id; -- a comment; with semicolon\n INSERT INTO orders (user_id, state) VALUES (1, 'a;b'); CREATE INDEX m1i ON users (m1); DROP INDEX m1i ON users; CREATE INDEX m1i ON users (m1 DESC);",
          );
          const [res] = await knex.raw(
            'UPDATE users SET m1 = m1 + ?; SELECT COUNT(*) AS n FROM users WHERE m1 > ?',
            [1, 2],
          );
          await knex('orders').insert({
            user_id: 1,
            total: res[1][0].n,
            state: `cnt${res[0].affectedRows}`,
          });
          await knex.raw('ALTER TABLE users ADD COLUMN m2 INT');
        },
      },
    ],
  },
  {
    name: 'lock',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          const [[l]] = await knex.raw("SELECT GET_LOCK('chaos_app', 5) AS l");
          if (l.l !== 1) throw new Error('no lock');
          await knex.raw('ALTER TABLE users ADD COLUMN l1 INT');
          await knex('users').update({ l1: 1 });
          await knex.raw('ALTER TABLE users ADD COLUMN l2 INT');
          const [[r]] = await knex.raw("SELECT RELEASE_LOCK('chaos_app') AS r");
          if (r.r !== 1) throw new Error(`lock was not held: ${r.r}`);
        },
      },
    ],
  },
  {
    name: 'locktables',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('LOCK TABLES users WRITE, orders READ');
          await knex.raw("UPDATE users SET name = CONCAT(name, '!')");
          await knex.raw("UPDATE users SET legacy = 'z' WHERE legacy IS NULL");
          await knex.raw('UNLOCK TABLES');
          await knex.raw('ALTER TABLE users ADD COLUMN l1 INT');
        },
      },
    ],
  },
];
