import type { Knex } from 'knex';

/** A migration that is hard to resume, on tables `base` (id, name, amount) and `other` of a database. */
export interface HostileCase {
  readonly what: string;
  readonly up: (knex: Knex, elsewhere: string) => unknown;
  readonly transaction?: boolean | undefined;
  /**
   * `right`: wherever it is stopped, the next run ends it as if nothing had happened. `labelled`: at
   * some statements its effect cannot be determined, and the migration is half-applied.
   */
  readonly ends: 'right' | 'labelled';
}

const LONG = 'x'.repeat(300);

export const HOSTILE_MIGRATIONS: readonly HostileCase[] = [
  {
    what: 'guards and renames',
    ends: 'right',
    up: async (knex) => {
      if (!(await knex.schema.hasTable('guarded'))) {
        await knex.schema.createTable('guarded', (table) => {
          table.increments('id');
          table.integer('base_id').references('base.id').onDelete('CASCADE');
          table.string('old_name', 20).notNullable().defaultTo('d');
        });
      }
      if (await knex.schema.hasColumn('guarded', 'old_name')) {
        await knex.schema.alterTable('guarded', (t) => t.renameColumn('old_name', 'new_name'));
      }
      await knex.schema.alterTable('guarded', (t) => t.renameColumn('base_id', 'of_base'));
      if (!(await knex.schema.hasColumn('guarded', 'of_base'))) throw new Error('not renamed');
      await knex('guarded').insert({ of_base: 1, new_name: 'one' });
      await knex.schema.renameTable('guarded', 'watched');
      if (await knex.schema.hasTable('guarded')) throw new Error('not renamed');
      await knex.raw('CREATE TABLE IF NOT EXISTS watched (id INT)');
      await knex.raw('DROP TABLE IF EXISTS guarded');
    },
  },
  {
    what: 'several statements in one raw query',
    ends: 'right',
    up: async (knex) => {
      const [results] = await knex.raw(
        `CREATE TABLE many (id INT PRIMARY KEY, note VARCHAR(40)); -- a; comment
        INSERT INTO many VALUES (1, 'a;b'), (2, ?); /* another; one */
        ALTER TABLE many ADD COLUMN more INT NOT NULL DEFAULT 5;
        UPDATE many SET more = 6 WHERE id = 2;
        SELECT COUNT(*) AS n FROM many;
        CREATE INDEX many_more ON many (more);
        INSERT INTO many SELECT id + 10, note, more FROM many`,
        ['it\'s "quoted"'],
      );
      await knex('many').insert({ id: 3, note: `n ${results[4][0].n}` });
    },
  },
  {
    what: 'a table with everything, and ids that are used later',
    ends: 'right',
    up: async (knex) => {
      await knex.schema.createTable('rich', (table) => {
        table.increments('id');
        table.string('slug', 40).notNullable().unique();
        table.enum('kind', ['a', 'b']).notNullable().defaultTo('a');
        table.json('data');
        table.integer('parent').unsigned().references('rich.id').onDelete('SET NULL');
        table.integer('base').references('base.id');
        table.timestamps(true, true);
        table.index(['kind', 'slug'], 'by_kind');
        table.comment('with everything');
      });
      const [parent] = await knex('rich').insert({
        slug: 'parent',
        created_at: '2026-01-01',
        updated_at: '2026-01-01',
      });
      const [child] = await knex('rich').insert({
        slug: 'child',
        parent,
        data: JSON.stringify({ $date: 5 }),
        created_at: '2026-01-01',
        updated_at: '2026-01-01',
      });
      await knex.schema.alterTable('rich', (table) => {
        table.dropForeign('base');
        table.dropColumn('base');
      });
      await knex('rich').where({ id: child }).update({ kind: 'b' });
      const [{ data, parent: stored }] = await knex('rich')
        .where({ id: child })
        .select('data', 'parent');
      // The server counts up for what it rolls back, too: the ids themselves are not compared.
      if (stored !== parent) throw new Error('another parent');
      await knex('rich').update({ parent: null });
      await knex.schema.alterTable('rich', (table) => table.integer('last'));
      await knex('base').insert({
        id: 90,
        name: typeof data === 'string' ? data : JSON.stringify(data),
      });
    },
  },
  {
    what: 'transactions of its own',
    ends: 'right',
    transaction: false,
    up: async (knex) => {
      await knex.transaction(async (trx) => {
        await trx('base').insert({ id: 50, name: 'first' });
        await trx('base').where({ id: 50 }).update({ amount: 5 });
      });
      await knex
        .transaction(async (trx) => {
          await trx('base').insert({ id: 51, name: 'never' });
          throw new Error('rolled back');
        })
        .catch(() => {});
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex.transaction(async (trx) => {
        await trx('base').insert({ id: 52, name: 'outer' });
        await trx
          .transaction(async (inner) => {
            await inner('base').insert({ id: 53, name: 'inner' });
            throw new Error('rolled back');
          })
          .catch(() => {});
        await trx.transaction((inner) => inner('base').insert({ id: 54, name: 'inner 2' }));
      });
      const trx = await knex.transaction();
      await trx('base').insert({ id: 55, name: 'handle' });
      await trx.commit();
      await knex.raw('START TRANSACTION');
      await knex.raw("INSERT INTO base (id, name) VALUES (56, 'raw')");
      await knex.raw('COMMIT');
      await knex.raw('ALTER TABLE base ADD COLUMN b INT');
    },
  },
  {
    what: 'transactions that only read, or isolate otherwise',
    ends: 'right',
    transaction: false,
    up: async (knex) => {
      const rows = await knex.transaction((trx) => trx('base').select('name').orderBy('id'), {
        readOnly: true,
      });
      await knex('base').insert({
        id: 60,
        name: rows.map((row: { name: string }) => row.name).join(),
      });
      await knex.transaction((trx) => trx('base').insert({ id: 61, name: 'serial' }), {
        isolationLevel: 'serializable',
      });
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
    },
  },
  {
    what: 'savepoints in the given transaction',
    ends: 'right',
    up: async (knex) => {
      await knex('base').insert({ id: 50, name: 'before' });
      await knex.transaction((inner) => inner('base').insert({ id: 51, name: 'kept' }));
      await knex
        .transaction(async (inner) => {
          await inner('base').insert({ id: 52, name: 'never' });
          await inner('base').insert({ id: 1, name: 'twice' });
        })
        .catch(() => {});
      await knex('base').insert({ id: 53, name: 'after' });
      await knex.raw('SAVEPOINT mine');
      await knex('base').insert({ id: 54, name: 'never' });
      await knex.raw('ROLLBACK TO SAVEPOINT mine');
      // From here on there is no transaction, under plain Knex neither.
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex('base').insert({ id: 55, name: 'last' });
    },
  },
  {
    what: 'batches outside of a transaction',
    ends: 'right',
    transaction: false,
    up: async (knex) => {
      await knex.raw('CREATE TABLE batch (id INT PRIMARY KEY, name VARCHAR(10))');
      const rows = Array.from({ length: 25 }, (_, id) => ({ id, name: `n${id}` }));
      await knex.batchInsert('batch', rows, 10);
      for (let from = 0; from < 25; from += 10) {
        await knex('batch')
          .whereBetween('id', [from, from + 9])
          .update({ name: knex.raw("CONCAT(name, '!')") });
      }
      await knex('batch').where('id', '>', 20).delete();
    },
  },
  {
    what: 'a stream of rows, each changed',
    ends: 'labelled',
    up: async (knex) => {
      for await (const { id, name } of knex('base').select('id', 'name').orderBy('id').stream()) {
        await knex('base')
          .where({ id })
          .update({ name: `${name}!` });
      }
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      async function* numbers() {
        for (let id = 70; id < 73; id++) yield { id, name: `n${id}` };
      }
      for await (const row of numbers()) await knex('base').insert(row);
    },
  },
  {
    what: 'a stream of rows outside of a transaction',
    ends: 'labelled',
    transaction: false,
    up: async (knex) => {
      const rows: { id: number; amount: number }[] = [];
      for await (const row of knex('base').select('id', 'amount').orderBy('id').stream())
        rows.push(row);
      await knex('base').update({ amount: 0 });
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex('base').insert({
        id: 80,
        name: 'sum',
        amount: rows.reduce((sum, { amount }) => sum + amount, 0),
      });
    },
  },
  {
    what: 'rows that are too many to be kept, read before they are changed',
    ends: 'labelled',
    up: async (knex) => {
      await knex.raw('CREATE TABLE big (id INT PRIMARY KEY, filler VARCHAR(400), n INT)');
      await knex.batchInsert(
        'big',
        Array.from({ length: 300 }, (_, id) => ({ id, filler: LONG, n: 1 })),
        100,
      );
      const rows = await knex('big').select();
      await knex('big').update({ n: 2 });
      await knex.raw('ALTER TABLE big ADD COLUMN a INT');
      await knex('base').insert({
        id: 81,
        name: 'sum',
        amount: rows.reduce((sum: number, { n }: { n: number }) => sum + n, 0),
      });
      await knex.raw('ALTER TABLE big ADD COLUMN b INT');
    },
  },
  {
    what: 'rows that are too many to be kept, and that nobody changes',
    ends: 'right',
    up: async (knex) => {
      await knex.raw('CREATE TABLE big (id INT PRIMARY KEY, filler VARCHAR(400), n INT)');
      await knex.batchInsert(
        'big',
        Array.from({ length: 300 }, (_, id) => ({ id, filler: LONG, n: 1 })),
        100,
      );
      const rows = await knex('big').select();
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex('base').insert({
        id: 81,
        name: 'sum',
        amount: rows.reduce((sum: number, { n }: { n: number }) => sum + n, 0),
      });
      await knex.raw('ALTER TABLE base ADD COLUMN b INT');
    },
  },
  {
    what: 'schema and raw mixed, and sent at once',
    ends: 'right',
    up: async (knex) => {
      await Promise.all([
        knex.schema.createTable('one', (table) => table.integer('id').primary()),
        knex.raw('CREATE TABLE two (id INT PRIMARY KEY)'),
        knex('base').insert({ id: 50, name: 'beside' }),
        knex.schema.alterTable('base', (table) => table.string('a', 10).index('by_a')),
      ]);
      await Promise.all([1, 2, 3].map((id) => knex('one').insert({ id })));
      await knex.schema
        .createTable('three', (table) => table.increments())
        .alterTable('one', (table) => table.string('b'))
        .dropTable('two');
    },
  },
  {
    what: 'routines, triggers and views',
    ends: 'labelled',
    up: async (knex) => {
      await knex.raw(
        'CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC BEGIN IF n > 5 THEN RETURN 2 * n; END IF; RETURN n + n; END',
      );
      await knex.raw(
        'CREATE PROCEDURE fill(IN n INT) BEGIN DECLARE i INT DEFAULT 0; WHILE i < n DO INSERT INTO other (id) VALUES (100 + i); SET i = i + 1; END WHILE; END',
      );
      await knex.raw(
        'CREATE TRIGGER base_ins BEFORE INSERT ON base FOR EACH ROW SET NEW.amount = 7',
      );
      await knex.raw('CREATE VIEW seen AS SELECT id, name FROM base WHERE amount > 0');
      await knex('base').insert({ id: 50, name: 'triggered' });
      await knex.raw('CALL fill(3)');
      await knex.raw('CREATE OR REPLACE VIEW seen AS SELECT id, name, amount FROM base');
      await knex.raw('DROP TRIGGER base_ins');
      await knex.raw(
        "CREATE TRIGGER base_ins BEFORE INSERT ON base FOR EACH ROW BEGIN SET NEW.amount = 8; SET NEW.name = CONCAT(NEW.name, ';'); END",
      );
      await knex('base').insert({ id: 51, name: 'again' });
      await knex.raw('DROP PROCEDURE fill');
      await knex.raw('DROP FUNCTION IF EXISTS twice');
      await knex.raw('ALTER VIEW seen AS SELECT id FROM base');
      await knex.raw('DROP VIEW seen');
      await knex.raw(
        "CREATE EVENT later ON SCHEDULE EVERY 1 YEAR STARTS '2030-01-01 00:00:00' DO DELETE FROM other",
      );
    },
  },
  {
    what: 'another database, by USE',
    ends: 'right',
    up: async (knex, elsewhere) => {
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex.raw(`USE ${elsewhere}`);
      await knex.raw('CREATE TABLE base (id INT PRIMARY KEY, there INT)');
      await knex.raw('CREATE INDEX there ON base (there)');
      await knex.raw('INSERT INTO base VALUES (1, 1)');
      await knex.raw('ALTER TABLE base ADD COLUMN more INT');
      await knex('base').insert({ id: 2, there: 2 });
    },
  },
  {
    what: 'another database, by name',
    ends: 'right',
    up: async (knex, elsewhere) => {
      await knex.raw(`CREATE TABLE ${elsewhere}.made (id INT PRIMARY KEY, n INT)`);
      await knex.raw(`ALTER TABLE ${elsewhere}.made ADD INDEX by_n (n)`);
      await knex.raw(`INSERT INTO ${elsewhere}.made SELECT id, amount FROM base`);
      await knex.schema.withSchema(elsewhere).alterTable('made', (table) => table.string('s', 5));
      await knex.raw(`RENAME TABLE ${elsewhere}.made TO ${elsewhere}.renamed`);
      await knex.withSchema(elsewhere).table('renamed').insert({ id: 99 });
    },
  },
  {
    what: 'temporary tables and what they are made from',
    ends: 'labelled',
    up: async (knex) => {
      await knex.raw(
        'CREATE TEMPORARY TABLE picked AS SELECT id, amount FROM base WHERE amount < 3',
      );
      await knex('base').update({ amount: 9 });
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex.raw('INSERT INTO other (id) SELECT id + 200 FROM picked');
      await knex.raw('ALTER TABLE other ADD COLUMN z INT');
      await knex.raw('DROP TEMPORARY TABLE picked');
    },
  },
  {
    what: 'a temporary table in front of one that lasts',
    ends: 'labelled',
    up: async (knex) => {
      await knex.raw('CREATE TEMPORARY TABLE passing (id INT)');
      await knex.raw('ALTER TABLE passing ADD COLUMN b INT');
      await knex.raw('DROP TABLE passing');
      await knex.raw('CREATE TABLE passing (id INT PRIMARY KEY, c INT)');
      await knex.raw('INSERT INTO passing (id) VALUES (1)');
      await knex.raw('ALTER TABLE passing ADD COLUMN d INT');
      await knex.raw('INSERT INTO passing (id) VALUES (2)');
      await knex.raw('ALTER TABLE base ADD COLUMN d INT');
    },
  },
  {
    what: 'variables',
    ends: 'labelled',
    up: async (knex) => {
      await knex.raw('SET @n = (SELECT COUNT(*) FROM base), @fix = 5');
      await knex('base').insert({ id: 50, name: 'one more' });
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex.raw("INSERT INTO base (id, name, amount) VALUES (51, 'counted', @n)");
      await knex.raw('SELECT SUM(amount) INTO @sum FROM base');
      await knex.raw('UPDATE base SET amount = 0');
      await knex.raw('ALTER TABLE base ADD COLUMN b INT');
      await knex.raw("INSERT INTO base (id, name, amount) VALUES (52, 'summed', @sum + @fix)");
    },
  },
  {
    what: 'locked tables',
    ends: 'labelled',
    up: async (knex) => {
      await knex.raw('LOCK TABLES base WRITE, other WRITE');
      await knex('base').insert({ id: 50, name: 'locked' });
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex('other').insert({ id: 50 });
      await knex.raw('UNLOCK TABLES');
      await knex('base').insert({ id: 51, name: 'unlocked' });
      await knex.raw('ALTER TABLE base ADD COLUMN b INT');
    },
  },
  {
    what: 'tables that are made of rows, truncated and copied',
    ends: 'labelled',
    up: async (knex) => {
      await knex.raw('CREATE TABLE copied AS SELECT * FROM base');
      await knex.raw(
        'CREATE TABLE copied2 (extra INT DEFAULT 4, PRIMARY KEY (id)) SELECT id, name FROM base',
      );
      await knex.raw('CREATE TABLE alike LIKE base');
      await knex.raw('INSERT INTO alike SELECT * FROM base');
      await knex.raw('ALTER TABLE copied ADD COLUMN more INT');
      await knex('alike').truncate();
      await knex.raw('INSERT INTO alike SELECT * FROM base WHERE id = 1');
    },
  },
  {
    what: 'a swap of tables',
    ends: 'labelled',
    up: async (knex) => {
      await knex.raw('CREATE TABLE base_new LIKE base');
      await knex.raw('ALTER TABLE base_new ADD COLUMN fresh INT NOT NULL DEFAULT 1');
      await knex.raw('INSERT INTO base_new (id, name, amount) SELECT id, name, amount FROM base');
      await knex.raw('RENAME TABLE base TO base_old, base_new TO base');
      await knex.raw('DROP TABLE base_old');
      await knex('base').insert({ id: 50, name: 'swapped' });
    },
  },
  {
    what: 'changes with several clauses',
    ends: 'right',
    up: async (knex) => {
      await knex.raw(
        'ALTER TABLE base ADD COLUMN a INT, ADD COLUMN b VARCHAR(5) AFTER id, ADD INDEX by_a (a), MODIFY name VARCHAR(60) NOT NULL',
      );
      await knex.raw(
        "ALTER TABLE base CHANGE b c VARCHAR(9) DEFAULT 'x', DROP INDEX by_a, ADD UNIQUE KEY uniq (a, id), COMMENT = 'told'",
      );
      await knex.raw("ALTER TABLE base RENAME INDEX uniq TO uniq2, ALTER COLUMN c SET DEFAULT 'y'");
      await knex.raw('ALTER TABLE base RENAME COLUMN c TO d, ALGORITHM=INPLACE');
      await knex.raw(
        'ALTER TABLE base ADD CONSTRAINT positive CHECK (amount >= 0), ADD COLUMN g INT GENERATED ALWAYS AS (amount + 1) STORED',
      );
      await knex
        .raw('ALTER TABLE other ADD CONSTRAINT to_base FOREIGN KEY (id) REFERENCES base (id)')
        .catch(() => {});
      await knex.raw(
        'ALTER TABLE base DROP COLUMN g, DROP CONSTRAINT positive, DROP INDEX uniq2, DROP COLUMN a',
      );
      await knex.raw('ALTER TABLE base CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
      await knex.raw('ALTER TABLE other DROP PRIMARY KEY, ADD PRIMARY KEY (id, note)');
      await knex.raw('ALTER TABLE other RENAME TO another');
      await knex.schema.alterTable('base', (table) => {
        table.string('name', 80).nullable().alter();
        table.integer('rank').notNullable().defaultTo(0);
        table.index(['rank', 'name'], 'ranked');
        table.setNullable('amount');
      });
      await knex.schema.alterTable('base', (table) => {
        table.dropIndex([], 'ranked');
        table.dropColumns('rank', 'd');
        table.dropNullable('amount');
      });
    },
  },
  {
    what: 'points in time',
    ends: 'right',
    up: async (knex) => {
      await knex('base').insert({ id: 50, name: 'bound', at: new Date() });
      await knex.raw(
        `INSERT INTO base (id, name, at) VALUES (51, 'inline', '${new Date().toISOString().slice(0, 19).replace('T', ' ')}')`,
      );
      await knex('base').insert({ id: 52, name: 'server', at: knex.fn.now() });
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex('base').where({ id: 50 }).update({ at: new Date() });
      await knex.raw('ALTER TABLE base ADD COLUMN b INT');
      await knex('base').update({ at: null });
    },
  },
  {
    what: 'random values',
    ends: 'labelled',
    up: async (knex) => {
      await knex('base').insert({ id: 50, name: `random ${Math.random()}` });
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex('base').where({ id: 50 }).update({ name: 'no more' });
    },
  },
  {
    what: 'tables without transactions',
    ends: 'labelled',
    up: async (knex) => {
      await knex.raw('CREATE TABLE flat (id INT, note VARCHAR(20)) ENGINE=MyISAM');
      await knex('flat').insert({ id: 1, note: 'one' });
      await knex('base').insert({ id: 50, name: 'beside' });
      await knex('old_flat').insert({ id: 2 });
      await knex.raw('ALTER TABLE flat ADD COLUMN more INT');
      await knex('flat').update({ more: knex.raw('COALESCE(more, 0) + 1') });
    },
  },
  {
    what: 'settings of the session',
    ends: 'right',
    transaction: false,
    up: async (knex) => {
      await knex.raw('SET SESSION sql_safe_updates = 1');
      await knex.raw('SET FOREIGN_KEY_CHECKS = 0');
      await knex.raw(
        'CREATE TABLE child (id INT PRIMARY KEY, base INT, CONSTRAINT to_base FOREIGN KEY (base) REFERENCES base (id))',
      );
      await knex('child').insert({ id: 1, base: 999 });
      await knex.raw('SET FOREIGN_KEY_CHECKS = 1');
      await knex.raw('SET autocommit = 0');
      await knex('base').insert({ id: 50, name: 'not committed yet' });
      await knex.raw('SET autocommit = 1');
      await knex('base').insert({ id: 51, name: 'committed' });
      await knex.raw("SET SESSION sql_mode = 'ANSI_QUOTES'");
      await knex.raw('INSERT INTO "base" (id, name) VALUES (52, \'quoted\')');
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
    },
  },
  {
    what: 'drops',
    ends: 'right',
    up: async (knex) => {
      await knex.raw('CREATE TABLE d1 (id INT PRIMARY KEY)');
      await knex.raw(
        'CREATE TABLE d2 (id INT PRIMARY KEY, d1 INT, KEY k (d1), CONSTRAINT f FOREIGN KEY (d1) REFERENCES d1 (id))',
      );
      await knex.raw('CREATE VIEW v1 AS SELECT * FROM d2');
      await knex.raw('ALTER TABLE d2 DROP FOREIGN KEY f');
      await knex.raw('DROP INDEX k ON d2');
      await knex.raw('DROP TABLE d1, d2');
      await knex.raw('DROP VIEW v1');
      await knex.raw('CREATE TABLE d1 (id INT PRIMARY KEY, other INT)');
      await knex.schema.dropTable('d1');
      await knex.schema.dropTableIfExists('d1');
    },
  },
  {
    what: 'errors that it goes on after',
    ends: 'right',
    up: async (knex) => {
      await knex.raw('CREATE TABLE base (id INT)').catch(() => {});
      await knex.raw('ALTER TABLE base ADD COLUMN name INT').catch(() => {});
      await knex.raw('DROP TABLE never_there').catch(() => {});
      await knex('base')
        .insert({ id: 1 })
        .catch(() => {});
      await knex('base').insert({ id: 50, name: 'after' });
      await knex.raw('NOT SQL').catch(() => {});
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex.raw('ALTER TABLE base ADD COLUMN a INT').catch(() => {});
      await knex('base').insert({ id: 51, name: 'at the end' });
    },
  },
  {
    what: 'writes of every kind',
    ends: 'right',
    transaction: false,
    up: async (knex) => {
      await knex.raw("INSERT IGNORE INTO base (id, name) VALUES (1, 'x'), (50, 'y')");
      await knex.raw(
        "INSERT INTO base (id, name) VALUES (50, 'z') ON DUPLICATE KEY UPDATE amount = COALESCE(amount, 0) + 1",
      );
      await knex.raw(
        "REPLACE INTO base (id, name, amount) SELECT id + 1, CONCAT(name, '+'), amount FROM base WHERE id = 50",
      );
      await knex.raw('UPDATE base b JOIN other o ON o.id = b.id SET b.amount = b.amount + 1');
      await knex.raw('DELETE o FROM other o JOIN base b ON b.id = o.id WHERE b.id = 2');
      await knex('base').insert({ id: 1, name: 'merged' }).onConflict('id').merge();
      await knex('base').increment('amount', 2);
      await knex.raw("PREPARE add_one FROM 'UPDATE base SET amount = amount + ?'");
      await knex.raw('SET @one = 1');
      await knex.raw('EXECUTE add_one USING @one');
      await knex.raw('DEALLOCATE PREPARE add_one');
    },
  },
  {
    what: 'partitions, the database and tables that are looked after',
    ends: 'labelled',
    up: async (knex, elsewhere) => {
      await knex.raw(
        'CREATE TABLE parts (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))',
      );
      await knex.raw('ALTER TABLE parts ADD PARTITION (PARTITION p1 VALUES LESS THAN (20))');
      await knex('parts').insert({ id: 5 });
      await knex.raw('CREATE TABLE whole (id INT PRIMARY KEY)');
      await knex.raw('ALTER TABLE parts EXCHANGE PARTITION p0 WITH TABLE whole');
      await knex.raw('ANALYZE TABLE parts');
      await knex.raw('OPTIMIZE TABLE base');
      await knex.raw(`ALTER DATABASE ${elsewhere} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
      await knex.raw('ALTER TABLE parts DROP PARTITION p1');
      await knex.raw('ALTER TABLE other RENAME TO another, ENGINE=InnoDB');
    },
  },
];
