import type { Knex } from 'knex';
import type { ChaosCase } from '../chaos-case.ts';

const BASE = [
  'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), legacy VARCHAR(50), n INT NOT NULL DEFAULT 0)',
  'CREATE TABLE big (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, body VARCHAR(4000), done TINYINT NOT NULL DEFAULT 0)',
  "INSERT INTO users (email,name,legacy) VALUES ('a@x','Ann','l1'),('b@x','Bob','l2'),('c@x','Cyd',NULL),('d@x','Dee','l4')",
  "INSERT INTO big (body) SELECT REPEAT('x', 3000) FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7) a, (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) b",
];

export const DATA_AND_NAMES: readonly ChaosCase[] = [
  {
    name: 'rowcount',
    refersTo: ['big.body'],
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('UPDATE users SET n = n + 1 WHERE id < 4');
          const [[r]] = await knex.raw('SELECT ROW_COUNT() AS c');
          await knex.raw('ALTER TABLE users ADD COLUMN rc INT NOT NULL DEFAULT 0');
          await knex('users').update({ rc: r.c });
          await knex.raw("INSERT INTO users (email) VALUES ('z@x')");
          await knex.raw('INSERT INTO big (body) VALUES (LAST_INSERT_ID())');
          await knex.raw('UPDATE users SET name = NULL WHERE id = 1 AND 1 = 0');
          const [[w]] = await knex.raw('SHOW COUNT(*) WARNINGS');
          await knex('users').update({ legacy: JSON.stringify(w) });
          await knex.raw('SELECT SQL_CALC_FOUND_ROWS id FROM big LIMIT 1');
          const [[f]] = await knex.raw('SELECT FOUND_ROWS() AS f');
          await knex('users').where({ id: 2 }).update({ rc: f.f });
        },
      },
    ],
  },
  {
    name: 'rowcount-trx',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.raw('UPDATE users SET n = n + 1 WHERE id < 4');
          const [[r]] = await knex.raw('SELECT ROW_COUNT() AS c');
          await knex.raw('ALTER TABLE users ADD COLUMN rc INT NOT NULL DEFAULT 0');
          await knex('users').update({ rc: r.c });
        },
      },
    ],
  },
  {
    name: 'bigbatch',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('ALTER TABLE big ADD COLUMN len INT');
          for (;;) {
            const rows = await knex('big').where('done', 0).orderBy('id').limit(30);
            if (!rows.length) break;
            for (const r of rows) r.len = r.body.length;
            await knex('big')
              .whereIn(
                'id',
                rows.map((r) => r.id),
              )
              .update({ done: 1, len: rows[0].len });
          }
          await knex.raw('ALTER TABLE big DROP COLUMN done');
        },
      },
    ],
  },
  {
    name: 'bigbatch-trx',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.raw('ALTER TABLE big ADD COLUMN len INT');
          for (;;) {
            const rows = await knex('big').where('done', 0).orderBy('id').limit(30);
            if (!rows.length) break;
            for (const r of rows) r.len = r.body.length;
            await knex('big')
              .whereIn(
                'id',
                rows.map((r) => r.id),
              )
              .update({ done: 1, len: rows[0].len });
          }
          await knex.raw('ALTER TABLE big DROP COLUMN done');
        },
      },
    ],
  },
  {
    name: 'stream',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('ALTER TABLE big ADD COLUMN len INT');
          const st = knex('big').select('id', 'body').orderBy('id').stream();
          let sum = 0;
          for await (const r of st) sum += r.body.length;
          await knex.raw('CREATE TABLE sums (s INT)');
          await knex('sums').insert({ s: sum });
          await knex('big').update({ len: 3 });
          await knex.batchInsert(
            'big',
            Array.from({ length: 25 }, (_, i) => ({ body: `b${i}` })),
            10,
          );
          await knex('big').insert({ body: 'x'.repeat(3999) });
          await knex.raw('CREATE TABLE huge (t LONGTEXT)');
          await knex('huge').insert({ t: "y'?\\".repeat(500000) });
          await knex.raw('ALTER TABLE sums ADD COLUMN z INT');
        },
      },
    ],
  },
  {
    name: 'txn-hand',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('ALTER TABLE users ADD COLUMN t1 INT');
          await knex.raw('START TRANSACTION');
          await knex.raw('UPDATE users SET n = n + 1');
          await knex.raw('SAVEPOINT s1');
          await knex.raw('UPDATE users SET n = n + 10');
          await knex.raw('ROLLBACK TO SAVEPOINT s1');
          await knex.raw('UPDATE users SET n = n + 100');
          await knex.raw('COMMIT');
          await knex.raw('SET autocommit=0');
          await knex.raw('UPDATE users SET n = n + 1000');
          await knex.raw('COMMIT');
          await knex.raw('UPDATE users SET n = n + 10000');
          await knex.raw('SET autocommit=1');
          const trx = await knex.transaction();
          await trx('users').increment('n', 100000);
          await trx.commit();
          const t2 = await knex.transaction();
          await t2('users').increment('n', 7);
          await t2.rollback();
          await knex.raw('BEGIN');
          await knex.raw('UPDATE users SET n = n + 1000000');
          await knex.raw('ALTER TABLE users ADD COLUMN t2 INT');
          await knex.raw('UPDATE users SET t2 = 5');
          await knex.raw('COMMIT');
          await knex.raw(
            'BEGIN; UPDATE users SET t1 = 1; COMMIT AND CHAIN; UPDATE users SET t1 = t1 + 1; COMMIT',
          );
        },
      },
    ],
  },
  {
    name: 'swap',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('CREATE TABLE users_new LIKE users');
          await knex.raw('ALTER TABLE users_new ADD COLUMN extra INT DEFAULT 3');
          await knex.raw(
            'INSERT INTO users_new (id,email,name,legacy,n) SELECT id,email,name,legacy,n FROM users',
          );
          await knex.raw('RENAME TABLE users TO users_old, users_new TO users');
          await knex.raw('DROP TABLE users_old');
          await knex.raw(
            'ALTER TABLE users CHANGE name legacy VARCHAR(100), CHANGE legacy name VARCHAR(50)',
          );
          await knex.raw('CREATE TABLE copy AS SELECT * FROM users');
          await knex.raw('TRUNCATE TABLE big');
          await knex.raw('DROP TABLE IF EXISTS nope, copy');
          await knex.raw('CREATE TABLE copy (id INT)');
        },
      },
    ],
  },
  {
    name: 'same-names',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('ALTER TABLE users ADD INDEX ix (email)');
          await knex.raw('ALTER TABLE users DROP INDEX ix');
          await knex.raw('ALTER TABLE users ADD INDEX ix (name)');
          await knex.raw('ALTER TABLE users DROP INDEX ix, ADD INDEX ix (legacy)');
          await knex.raw('ALTER TABLE users DROP COLUMN legacy');
          await knex.raw('ALTER TABLE users ADD COLUMN legacy INT NOT NULL DEFAULT 1');
          await knex.raw('ALTER TABLE users DROP COLUMN legacy');
          await knex.raw('ALTER TABLE users ADD COLUMN legacy INT NOT NULL DEFAULT 1');
          await knex.raw('ALTER TABLE users RENAME COLUMN n TO m');
          await knex.raw('ALTER TABLE users RENAME COLUMN m TO n');
          await knex.raw('CREATE TABLE x1 (a INT)');
          await knex.raw('DROP TABLE x1');
          await knex.raw('CREATE TABLE x1 (a INT)');
          await knex.raw('INSERT INTO x1 VALUES (1)');
          await knex.raw('DROP TABLE x1');
          await knex.raw('CREATE TABLE x1 (a INT)');
          await knex.raw('CREATE VIEW vv AS SELECT 1 a');
          await knex.raw('DROP VIEW vv');
          await knex.raw('CREATE VIEW vv AS SELECT 2 a');
          await knex.raw('ALTER TABLE users ALTER n SET DEFAULT 5');
          await knex.raw('ALTER TABLE users ALTER n DROP DEFAULT');
          await knex.raw('ALTER TABLE users ALTER n SET DEFAULT 5');
        },
      },
    ],
  },
  {
    name: 'infoschema',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          const has = async (ix: string) =>
            (
              await knex.raw(
                'SELECT COUNT(*) c FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = ?',
                [ix],
              )
            )[0][0].c > 0;
          for (const ix of ['i1', 'i2', 'i3'])
            if (!(await has(ix))) await knex.raw('ALTER TABLE users ADD INDEX ?? (email)', [ix]);
          const cols: Readonly<Record<string, Knex.ColumnInfo>> = await knex('users').columnInfo();
          for (const c of Object.keys(cols))
            if (cols[c]?.type === 'varchar')
              await knex.raw('ALTER TABLE users MODIFY ?? VARCHAR(180) NULL', [c]);
          if (await has('i2')) await knex.schema.alterTable('users', (t) => t.dropIndex([], 'i2'));
          const [tables] = await knex.raw('SHOW TABLES');
          const tabs: string[] = tables.map((row: object) => String(Object.values(row)[0]));
          for (const n of tabs) {
            if (/^(knex|fanfold)_/.test(n)) continue;
            await knex.raw('ALTER TABLE ?? COMMENT = ?', [n, `c;${n}`]);
          }
          await knex.schema.createTable('tn', (t) => {
            t.increments();
            t.integer(`c${tabs.filter((n) => !/fanfold_/.test(n)).length}`);
          });
        },
      },
    ],
  },
  {
    name: 'grants',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('ALTER TABLE users ADD COLUMN g INT');
          await knex.raw('ANALYZE TABLE users');
          await knex.raw('OPTIMIZE TABLE users');
          await knex.raw('CREATE FUNCTION f1(a INT) RETURNS INT DETERMINISTIC NO SQL RETURN a + 1');
          await knex.raw('UPDATE users SET g = f1(n)');
          await knex.raw('ALTER FUNCTION f1 COMMENT "x"');
          await knex.raw('DROP FUNCTION f1');
          await knex.raw('DO SLEEP(0.01)');
          await knex.raw('SELECT id INTO @v FROM users WHERE id = 3');
          await knex.raw('UPDATE users SET g = @v WHERE id = 3');
          await knex.raw('SET @i := 0');
          await knex.raw('UPDATE users SET g = (@i := @i + 1) ORDER BY id');
          await knex.raw('INSERT INTO users (email, g) VALUES ("i", @i)');
          await knex.raw(
            'WITH RECURSIVE s AS (SELECT 1 k UNION ALL SELECT k+1 FROM s WHERE k < 3) SELECT * FROM s',
          );
          await knex.raw(
            'INSERT INTO users (email, n) WITH s AS (SELECT 1 k) SELECT "w", k FROM s',
          );
          await knex.raw('/* c1 */ INSERT /* c2; */ INTO users (email) VALUES ("cm") -- tail; x');
          await knex.raw('REPLACE INTO users (id, email) VALUES (1, "rep")');
          await knex.raw('INSERT IGNORE INTO users (id, email) VALUES (1, "ign")');
          await knex.raw('DELETE u FROM users u JOIN big b ON b.id = u.id WHERE b.id = 2');
          await knex.raw('ALTER TABLE users AUTO_INCREMENT = 5000');
          await knex('users').insert({ email: 'ai' });
        },
      },
    ],
  },
  {
    name: 'myisam',
    base: [
      'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), legacy VARCHAR(50), n INT NOT NULL DEFAULT 0)',
      'CREATE TABLE big (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, body VARCHAR(4000), done TINYINT NOT NULL DEFAULT 0)',
      "INSERT INTO users (email,name,legacy) VALUES ('a@x','Ann','l1'),('b@x','Bob','l2'),('c@x','Cyd',NULL),('d@x','Dee','l4')",
      "INSERT INTO big (body) SELECT REPEAT('x', 3000) FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7) a, (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) b",
      'CREATE TABLE my (id INT AUTO_INCREMENT PRIMARY KEY, c INT NOT NULL DEFAULT 0) ENGINE=MyISAM',
      'INSERT INTO my (c) VALUES (1),(2)',
      'CREATE VIEW vmy AS SELECT id, c FROM my',
      'CREATE TRIGGER trmy AFTER UPDATE ON users FOR EACH ROW UPDATE my SET c = c + 1',
    ],
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.raw('ALTER TABLE users ADD COLUMN m INT');
          await knex('my').increment('c', 10);
          await knex('vmy').increment('c', 100);
          await knex('users').where('id', 1).update({ n: 5 });
          await knex.raw('UPDATE users u JOIN my ON my.id = u.id SET my.c = my.c + 1000, u.n = 1');
          await knex.raw('ALTER TABLE my ENGINE=InnoDB');
          await knex('my').increment('c', 10000);
        },
      },
    ],
  },
  {
    name: 'parallel',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          const chain = async (t: string) => {
            await knex.schema.createTable(t, (x) => {
              x.increments();
              x.string('a');
              x.index('a', `${t}_a`);
            });
            await knex(t).insert({ a: t });
            await knex.schema.alterTable(t, (x) => x.integer('b'));
            const r = await knex(t).first();
            await knex(t).insert({ a: r.a + r.id, b: 2 });
          };
          await Promise.all(['c1', 'c2', 'c3'].map(chain));
          await Promise.all([1, 2, 3, 4].map((i) => knex('users').where('id', i).update({ n: i })));
          await Promise.allSettled([
            knex('nope').select(),
            knex('users').increment('n', 5),
            knex.schema.alterTable('users', (t) => t.integer('q')),
          ]);
        },
      },
    ],
  },
  {
    name: 'parallel-trx',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.schema.alterTable('users', (t) => t.integer('q'));
          await Promise.all(
            [1, 2, 3].map((i) =>
              knex.transaction(async (trx) => {
                await trx('users').where('id', i).increment('n', i);
                await trx('users').where('id', i).increment('n', 10);
              }),
            ),
          );
          await Promise.all(
            [1, 2, 3].map((i) => knex('users').where('id', i).update({ n: i, q: 2 })),
          );
        },
      },
    ],
  },
  {
    name: 'three',
    base: BASE,
    gapsIn: ['a'],
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          await knex.schema.createTable('a', (t) => {
            t.increments();
            t.string('s').index();
          });
        },
        down: async (knex) => {
          await knex.schema.dropTable('a');
        },
      },
      {
        id: '20250102000000_b',
        up: async (knex) => {
          await knex('users').update({ n: 3 });
        },
        down: async (knex) => {
          await knex('users').update({ n: 0 });
        },
      },
      { id: '20250103000000_c', up: async () => {} },
      {
        id: '20250104000000_d',
        up: (knex) =>
          knex.schema
            .alterTable('users', (t) => {
              t.integer('d1').index();
              t.integer('d2').unique();
            })
            .createTable('dd', (t) => {
              t.increments();
              t.integer('u').unsigned().references('users.id');
            }),
        down: (knex) =>
          knex.schema.dropTable('dd').alterTable('users', (t) => {
            t.dropColumn('d1');
            t.dropColumn('d2');
          }),
      },
      {
        id: '20250105000000_e',
        up: async (knex) => {
          await knex('a').insert([{ s: 'x' }, { s: 'y' }]);
          await knex('users').increment('n');
        },
        down: async (knex) => {
          await knex('users').decrement('n');
          await knex('a').where({ s: 'y' }).del();
        },
      },
    ],
  },
];
