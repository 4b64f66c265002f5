import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CuttingProxy, type Moment, startCuttingProxy } from '../../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { testServer } from '../../support/server.ts';

const ID = '20260301000000_try_out';
const BASE = migration('20260101000000_create_base', async (knex) => {
  await knex.schema.createTable('base', (table) => {
    table.increments('id');
    table.string('name').defaultTo('none');
  });
});

let proxy: CuttingProxy;
beforeAll(async () => {
  proxy = await startCuttingProxy(testServer());
});
afterAll(() => proxy.close());

type Up = (knex: Knex) => unknown;
type Options = { transaction?: boolean; down?: Up };

/** Runs `up` with the connection cut at the first matching query, and then again without the cut. */
async function resumed(query: RegExp, moment: Moment, up: Up, options: Options = {}) {
  const database = await createDatabase('resume');
  await migrate(database, bundle(BASE));
  const all = bundle(BASE, migration(ID, up, options));
  proxy.strikeAt({ query, moment });
  const first = await migrate({ ...database, host: '127.0.0.1', port: proxy.port }, all);
  expect(first).toMatchObject({
    status: 'failed',
    failure: { code: 'FenceLost', retryable: true },
  });
  const again = () => migrate(database, all, { fenceWaitSeconds: 10 });
  return { database, second: await again(), again };
}

async function names(database: TestDatabase): Promise<unknown[]> {
  return (await database.query('SELECT name FROM base ORDER BY id')).map(({ name }) => name);
}

const RESUMED = {
  status: 'migrated',
  notes: expect.arrayContaining([expect.objectContaining({ code: 'Resumed' })]),
};

describe('an interrupted migration', () => {
  it.each(['before', 'after'] as const)(
    'an interrupted migration resumes when it was interrupted %s a statement',
    async (moment) => {
      const { second, database } = await resumed(/ADD COLUMN b/, moment, async (knex) => {
        await knex('base').insert({ name: 'once' });
        await knex.raw('ALTER TABLE base ADD COLUMN a INT');
        await knex.raw('ALTER TABLE base ADD COLUMN b INT');
        await knex('base').insert({ name: 'late' });
      });
      expect(second).toMatchObject(RESUMED);
      expect(await names(database)).toEqual(['once', 'late']);
      expect(await database.query("SHOW COLUMNS FROM base LIKE '_'")).toHaveLength(2);
    },
  );

  it('an interrupted migration gets the same answers as before', async () => {
    const seen: unknown[] = [];
    const { second } = await resumed(/ADD COLUMN c/, 'before', async (knex) => {
      const [id] = await knex('base').insert({ name: 'first' });
      const has = await knex.schema.hasColumn('base', 'b');
      const [rows] = await knex.raw(
        'SELECT NOW(6) AS at, 0x00ff AS bytes, 12345678901234567890 AS big, NULL AS nothing',
      );
      const error = await knex
        .raw('SELECT * FROM nowhere')
        .catch(({ errno, sqlState }) => ({ errno, sqlState }));
      seen.push({ id, has, row: { ...rows[0] }, error });
      if (!has) await knex.raw('ALTER TABLE base ADD COLUMN b INT');
      await knex.raw('ALTER TABLE base ADD COLUMN c INT');
    });
    expect(second).toMatchObject(RESUMED);
    expect(seen).toHaveLength(2);
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ has: false, error: { errno: 1146, sqlState: '42S02' } });
  });

  it('an interrupted migration has the same session settings as before', async () => {
    const { second, database } = await resumed(/ADD COLUMN b/, 'after', async (knex) => {
      await knex.raw("SET @name = 'from a variable'");
      await knex.raw('CREATE TEMPORARY TABLE wanted AS SELECT @name AS name');
      await knex.raw('ALTER TABLE base ADD COLUMN b INT');
      await knex.raw('INSERT INTO base (name) SELECT name FROM wanted');
    });
    expect(second).toMatchObject(RESUMED);
    expect(await names(database)).toEqual(['from a variable']);
  });

  it('an interrupted migration outside of a transaction performs each write once', async () => {
    for (const moment of ['before', 'during', 'after'] as const) {
      const { second, database } = await resumed(
        moment === 'after' ? /COMMIT/ : /'two'/,
        moment,
        async (knex) => {
          for (const name of ['one', 'two', 'three']) await knex('base').insert({ name });
        },
        { transaction: false },
      );
      expect(second).toMatchObject({ status: 'migrated' });
      expect(await names(database)).toEqual(['one', 'two', 'three']);
    }
  });

  it('an interrupted migration never counts as applied, even if the bundle has changed', async () => {
    const { database } = await resumed(/ADD COLUMN b/, 'before', async (knex) => {
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex.raw('ALTER TABLE base ADD COLUMN b INT');
      throw new Error('changed my mind');
    });
    expect(await migrate(database, bundle(BASE))).toMatchObject({
      status: 'failed',
      failure: { code: 'HalfApplied', migration: ID, retryable: false },
    });
    const renamed = bundle(
      BASE,
      migration('20260302000000_other', () => {}),
    );
    expect(await migrate(database, renamed)).toMatchObject({ failure: { code: 'HalfApplied' } });
  });

  it('an interrupted migration resumes with a corrected statement if the failed one had no effect', async () => {
    const database = await createDatabase('resume');
    const run = (second: string) =>
      migrate(
        database,
        bundle(
          BASE,
          migration(ID, async (knex) => {
            await knex.raw('ALTER TABLE base ADD COLUMN a INT');
            await knex.raw(second);
          }),
        ),
      );
    expect(await run('ALTER TABLE base ADD COLUMN a INT')).toMatchObject({
      failure: { code: 'ColumnExists' },
    });
    expect(await run('ALTER TABLE base ADD b COLUMN INT,')).toMatchObject({
      failure: { code: 'SyntaxError' },
    });
    expect(await run('ALTER TABLE base ADD COLUMN b INT')).toMatchObject(RESUMED);
  });

  it('an interrupted migration does not count as applied if its file lacks statements that were applied', async () => {
    const database = await createDatabase('resume');
    const run = (...statements: string[]) =>
      migrate(
        database,
        bundle(
          BASE,
          migration(ID, async (knex) => {
            for (const sql of statements) await knex.raw(sql);
          }),
        ),
      );
    const [first, second] = [
      'ALTER TABLE base ADD COLUMN a INT',
      'ALTER TABLE base ADD COLUMN b INT',
    ];
    expect(await run(first, second, 'NONSENSE')).toMatchObject({
      failure: { code: 'SyntaxError' },
    });
    expect(await run(first)).toMatchObject({
      failure: {
        code: 'HalfApplied',
        message: expect.stringContaining('reached its statement 2, but it now has only 1'),
        statements: [{ standing: 'applied' }, { number: 2, text: second, standing: 'applied' }],
      },
    });
    expect(await run(first, second)).toMatchObject(RESUMED);
  });

  it('an interrupted migration resumes even with a journal from before statements were journaled', async () => {
    const database = await createDatabase('resume');
    await migrate(database, bundle(BASE));
    await database.query('DROP TABLE fanfold_journal');
    await database.query(
      'CREATE TABLE fanfold_journal (migration varchar(255) not null primary key, checksum char(64) not null, run_id varchar(80) not null, recorded_at timestamp not null default current_timestamp) default charset = utf8mb4 collate = utf8mb4_bin',
    );
    await database.query(
      'INSERT INTO fanfold_journal (migration, checksum, run_id) VALUES (?, ?, ?)',
      [BASE.id, BASE.checksum, 'old'],
    );
    expect(await migrate(database, bundle(BASE))).toEqual({ status: 'unchanged', notes: [] });
    const next = migration(ID, (knex) => knex.raw('ALTER TABLE base ADD COLUMN a INT'));
    expect(await migrate(database, bundle(BASE, next))).toMatchObject({
      status: 'migrated',
      notes: [],
    });
    expect(await database.query('SELECT migration FROM fanfold_journal')).toHaveLength(2);
  });
});

describe('named indexes and constraints', () => {
  const up: Up = async (knex) => {
    await knex.raw('ALTER TABLE base ADD COLUMN a INT, ADD COLUMN b INT');
    await knex.raw('ALTER TABLE base ADD INDEX by_a (a)');
    await knex.raw('ALTER TABLE base ADD UNIQUE by_b (b)');
    await knex.raw('ALTER TABLE base ADD COLUMN late INT');
  };

  it.each<[string, RegExp, Moment]>([
    ['before the first', /add index/i, 'before'],
    ['after the first', /add index/i, 'after'],
    ['before the second', /add unique/i, 'before'],
    ['after the second', /add unique/i, 'after'],
    ['behind them', /ADD COLUMN late/, 'before'],
  ])(
    'named indexes and constraints on an existing table are settled by their names: %s',
    async (_, query, moment) => {
      const { second, database } = await resumed(query, moment, up);
      expect(second).toMatchObject(RESUMED);
      expect(
        await database.query("SHOW INDEX FROM base WHERE Key_name IN ('by_a', 'by_b')"),
      ).toHaveLength(2);
      expect(await database.query("SHOW COLUMNS FROM base LIKE 'late'")).toHaveLength(1);
      expect(await database.query('SELECT 1 FROM fanfold_journal WHERE number > 0')).toEqual([]);
    },
  );

  it('named indexes and constraints are settled by their names in a third attempt too', async () => {
    const database = await createDatabase('resume');
    await migrate(database, bundle(BASE));
    const all = bundle(BASE, migration(ID, up));
    for (const query of [/add index/i, /add unique/i]) {
      proxy.strikeAt({ query, moment: 'after' });
      const cut = { ...database, host: '127.0.0.1', port: proxy.port };
      expect(await migrate(cut, all, { fenceWaitSeconds: 10 })).toMatchObject({
        failure: { code: 'FenceLost' },
      });
    }
    expect(await migrate(database, all, { fenceWaitSeconds: 10 })).toMatchObject(RESUMED);
    expect(await database.query("SHOW COLUMNS FROM base LIKE 'late'")).toHaveLength(1);
  });

  const EXISTS = { status: 'failed', failure: { code: 'IndexExists', errno: 1061 } };

  it.each<[string, RegExp, Up]>([
    [
      'the migration has added with that name before',
      /ADD INDEX by_name/,
      async (knex) => {
        await knex.raw('CREATE TABLE more (id INT, name VARCHAR(10))');
        await knex.raw('ALTER TABLE more ADD INDEX by_name (name)');
        await knex.raw('ALTER TABLE more ADD INDEX by_name (name, id)');
      },
    ],
    [
      'the table was created with',
      /ADD INDEX by_name/,
      async (knex) => {
        await knex.raw('CREATE TABLE more (id INT, name VARCHAR(10), KEY by_name (name))');
        await knex.raw('ALTER TABLE more ADD INDEX by_name (name, id)');
      },
    ],
    [
      'the table has from the table it was created LIKE',
      /ADD INDEX by_name/,
      async (knex) => {
        await knex.raw('CREATE TABLE model (id INT, name VARCHAR(10), KEY by_name (name))');
        await knex.raw('CREATE TABLE more LIKE model');
        await knex.raw('ALTER TABLE more ADD INDEX by_name (name, id)');
      },
    ],
    [
      'the table had before the migration',
      /ADD INDEX `?PRIMARY_ID/i,
      async (knex) => {
        await knex.raw('ALTER TABLE base ADD COLUMN a INT');
        await knex.raw('ALTER TABLE base ADD INDEX primary_id (id, a)');
      },
    ],
  ])(
    'named indexes and constraints do not count as added if there is one that %s',
    async (_, query, given) => {
      for (const moment of ['before', 'after'] as const) {
        const database = await createDatabase('resume');
        const first = migration(BASE.id, (knex) =>
          knex.raw('CREATE TABLE base (id INT PRIMARY KEY, KEY primary_id (id))'),
        );
        await migrate(database, bundle(first));
        const all = bundle(first, migration(ID, given));
        expect(await migrate(database, all)).toMatchObject(EXISTS);
        const fresh = await createDatabase('resume');
        await migrate(fresh, bundle(first));
        proxy.strikeAt({ query, moment });
        await migrate({ ...fresh, host: '127.0.0.1', port: proxy.port }, all);
        expect(await migrate(fresh, all, { fenceWaitSeconds: 10 })).toMatchObject(EXISTS);
      }
    },
  );

  it('named indexes and constraints are journaled if the migration continued after an error', async () => {
    const { second, database } = await resumed(/ADD INDEX by_name/, 'after', async (knex) => {
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      const isRefused = await knex.raw('ALTER TABLE base MODIFY missing INT').then(
        () => false,
        () => true,
      );
      await knex.raw('ALTER TABLE base ADD INDEX by_name (name)');
      await knex('base').insert({ name: isRefused ? 'refused' : 'taken for done' });
    });
    expect(second).toMatchObject(RESUMED);
    expect(await names(database)).toEqual(['refused']);
  });
});

describe('a statement that cannot be settled makes the migration half-applied', () => {
  it.each<[string, RegExp, Moment, RegExp, Up]>([
    [
      'a swap of tables',
      /RENAME TABLE/,
      'after',
      /Nothing in the database shows/,
      async (knex) => {
        await knex.raw('CREATE TABLE other (id INT)');
        await knex.raw('RENAME TABLE base TO tmp, other TO base, tmp TO other');
      },
    ],
    [
      'an added index without a name',
      /ADD UNIQUE/,
      'after',
      /without a name/,
      async (knex) => {
        await knex.raw('ALTER TABLE base ADD COLUMN a INT');
        await knex.raw('ALTER TABLE base ADD UNIQUE (a)');
      },
    ],
    [
      'a statement with other values',
      /ADD COLUMN a/,
      'after',
      /with other values/,
      async (knex) => {
        await knex('base').insert({ name: String(Math.random()) });
        await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      },
    ],
    [
      'a statement that needs the id of a skipped one',
      /ADD COLUMN a/,
      'after',
      /LAST_INSERT_ID/,
      async (knex) => {
        await knex('base').insert({ name: 'one' });
        await knex.raw('ALTER TABLE base ADD COLUMN a INT');
        await knex.raw('INSERT INTO base (name) VALUES (LAST_INSERT_ID())');
      },
    ],
    [
      'rows of a temporary table',
      /ADD COLUMN a/,
      'after',
      /temporary table wanted/,
      async (knex) => {
        await knex.raw('CREATE TEMPORARY TABLE wanted (name VARCHAR(10))');
        await knex.raw("INSERT INTO wanted VALUES ('one')");
        await knex.raw('ALTER TABLE base ADD COLUMN a INT');
        await knex.raw('INSERT INTO base (name) SELECT name FROM wanted');
      },
    ],
    [
      'a statement under LOCK TABLES',
      /UNLOCK/,
      'before',
      /LOCK TABLES/,
      async (knex) => {
        await knex.raw('LOCK TABLES base WRITE');
        await knex.raw("INSERT INTO base (name) VALUES ('locked')");
        await knex.raw('UNLOCK TABLES');
      },
    ],
  ])(
    'a migration is half-applied if a statement cannot be settled because of %s',
    async (_what, query, moment, why, up) => {
      const { second, again, database } = await resumed(query, moment, up);
      const before = await database.query('SHOW CREATE TABLE base');
      expect(second).toMatchObject({
        status: 'failed',
        failure: {
          code: 'HalfApplied',
          migration: ID,
          message: expect.stringMatching(why),
          nextStep: expect.stringContaining('migrate:resolve'),
          retryable: false,
        },
      });
      expect(await again()).toMatchObject({ failure: { code: 'HalfApplied' } });
      expect(await database.query('SHOW CREATE TABLE base')).toEqual(before);
    },
  );

  it('the failure of a half-applied migration lists applied and missing statements', async () => {
    const { second } = await resumed(/RENAME TABLE/, 'after', async (knex) => {
      await knex.raw('CREATE TABLE other (id INT)');
      await knex('base').insert({ name: 'secret' });
      await knex.raw('RENAME TABLE base TO tmp, other TO base, tmp TO other');
    });
    expect(second).toMatchObject({
      failure: {
        statements: [
          { number: 1, text: 'CREATE TABLE other (id INT)', standing: 'applied' },
          { number: 2, text: 'insert into `base` (`name`) values (?)', standing: 'applied' },
          { number: 3, standing: 'not known' },
        ],
      },
    });
  });
});

describe('a procedure', () => {
  const withProcedure = (body: string, call: RegExp, moment: Moment) =>
    resumed(call, moment, async (knex) => {
      await knex.raw(`CREATE PROCEDURE fill() BEGIN ${body} END`);
      await knex.raw('CALL fill()');
    });

  it('a procedure that commits is not run again', async () => {
    const { second, database } = await withProcedure(
      "INSERT INTO base (name) VALUES ('one'); COMMIT; INSERT INTO base (name) VALUES ('two');",
      /CALL/,
      'after',
    );
    expect(second).toMatchObject({ failure: { code: 'HalfApplied' } });
    expect(await names(database)).toEqual(['one', 'two']);
  });

  it('a procedure that does not commit is rolled back and run again', async () => {
    const { second, database } = await withProcedure(
      "INSERT INTO base (name) VALUES ('one'); INSERT INTO base (name) VALUES ('two');",
      /CALL/,
      'after',
    );
    expect(second).toMatchObject(RESUMED);
    expect(await names(database)).toEqual(['one', 'two']);
  });
});

describe('errors while resuming', () => {
  it('a resumed migration never treats a table that somebody else created as its own', async () => {
    const database = await createDatabase('honest');
    const make = (after = 'SELECT 1') =>
      bundle(
        migration(ID, async (knex) => {
          await knex.raw('CREATE TABLE mine (id INT)');
          await knex.raw(after);
        }),
      );
    await database.query('CREATE TABLE mine (id INT)');
    for (let tries = 0; tries < 2; tries++) {
      expect(await migrate(database, make())).toMatchObject({
        failure: { code: 'TableExists', errno: 1050 },
      });
    }
    proxy.strikeAt({ query: /CREATE TABLE mine/, moment: 'after' });
    await migrate({ ...database, host: '127.0.0.1', port: proxy.port }, make());
    expect(await migrate(database, make(), { fenceWaitSeconds: 10 })).toMatchObject({
      failure: { code: 'TableExists' },
    });
  });

  it('a table with other columns that was created meanwhile does not settle a statement', async () => {
    const database = await createDatabase('honest');
    const make = bundle(migration(ID, (knex) => knex.raw('CREATE TABLE mine (id INT)')));
    proxy.strikeAt({ query: /CREATE TABLE mine/, moment: 'after' });
    await migrate({ ...database, host: '127.0.0.1', port: proxy.port }, make);
    await database.query('ALTER TABLE mine ADD COLUMN theirs INT');
    expect(await migrate(database, make, { fenceWaitSeconds: 10 })).toMatchObject({
      failure: { code: 'HalfApplied' },
    });
  });

  it('a statement that failed because of duplicate data runs again', async () => {
    const database = await createDatabase('honest');
    await migrate(database, bundle(BASE));
    await database.query("INSERT INTO base (name) VALUES ('twice'), ('twice')");
    const up: Up = async (knex) => {
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex.raw('ALTER TABLE base ADD UNIQUE (name)');
    };
    const all = bundle(BASE, migration(ID, up));
    expect(await migrate(database, all)).toMatchObject({
      failure: { code: 'DuplicateData', statement: { number: 2 } },
    });
    await database.query('DELETE FROM base LIMIT 1');
    expect(await migrate(database, all)).toMatchObject(RESUMED);
    expect(await database.query("SHOW INDEX FROM base WHERE Key_name <> 'PRIMARY'")).toHaveLength(
      1,
    );
  });

  it('errors about a missing privilege recur until it is granted', async () => {
    const database = await createDatabase('honest');
    await migrate(database, bundle(BASE));
    const root = await testServer().rootConnection();
    const schema = `\`${database.database.replaceAll('_', '\\_')}\`.*`;
    await root.query(`REVOKE ALTER ON ${schema} FROM '${database.user}'@'%'`);
    await root.end();
    const up: Up = async (knex) => {
      await knex.raw('CREATE TABLE more (id INT)');
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
    };
    const all = bundle(BASE, migration(ID, up));
    for (let tries = 0; tries < 2; tries++) {
      expect(await migrate(database, all)).toMatchObject({
        failure: { code: 'PrivilegeMissing', errno: 1142, statement: { number: 2 } },
      });
    }
    await database.grant(`ALTER ON ${schema}`);
    expect(await migrate(database, all)).toMatchObject(RESUMED);
  });

  it('errors of a full server leave the table unchanged', async () => {
    const database = await createDatabase('honest');
    await migrate(database, bundle(BASE));
    const values = Array.from({ length: 500 }, (_, id) => `(${id + 1}, 'row')`).join();
    await database.query(`INSERT INTO base (id, name) VALUES ${values}`);
    const before = await database.query('SHOW CREATE TABLE base');
    const up = (bytes: number) =>
      migration(ID, async (knex) => {
        await knex.raw('CREATE TABLE more (id INT)');
        await knex.raw(`SET SESSION max_heap_table_size = ${bytes}`);
        await knex.raw('ALTER TABLE base ENGINE=MEMORY');
        await knex.raw('ALTER TABLE base ENGINE=InnoDB');
      });
    for (let tries = 0; tries < 2; tries++) {
      expect(await migrate(database, bundle(BASE, up(16_384)))).toMatchObject({
        failure: { code: 'ServerFull', errno: 1114, statement: { number: 3 } },
      });
      expect(await database.query('SHOW CREATE TABLE base')).toEqual(before);
    }
    expect(await migrate(database, bundle(BASE, up(16_384_000)))).toMatchObject(RESUMED);
    expect(await names(database)).toHaveLength(500);
  });

  it('a user without SHOW VIEW can create and drop a view', async () => {
    const database = await createDatabase('honest');
    await migrate(database, bundle(BASE));
    const root = await testServer().rootConnection();
    const schema = `\`${database.database.replaceAll('_', '\\_')}\`.*`;
    await root.query(`REVOKE SHOW VIEW ON ${schema} FROM '${database.user}'@'%'`);
    await root.end();
    const up: Up = async (knex) => {
      await knex.raw('CREATE VIEW seen AS SELECT id FROM base');
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex.raw('DROP VIEW seen');
    };
    const all = bundle(BASE, migration(ID, up));
    for (const query of [/CREATE VIEW/, /DROP VIEW/]) {
      proxy.strikeAt({ query, moment: 'after' });
      await migrate({ ...database, host: '127.0.0.1', port: proxy.port }, all);
    }
    expect(await migrate(database, all, { fenceWaitSeconds: 10 })).toMatchObject(RESUMED);
  });

  it('statements of XA are refused', async () => {
    const database = await createDatabase('honest');
    const up: Up = (knex) => knex.raw("XA START 'x'");
    expect(await migrate(database, bundle(migration(ID, up)))).toMatchObject({
      failure: { code: 'StatementRefused', statement: { number: 1 } },
    });
  });

  it('a deadlock ends the attempt even if the migration catches it', async () => {
    const database = await createDatabase('honest');
    await migrate(database, bundle(BASE));
    await database.query("INSERT INTO base (id, name) VALUES (1, 'a'), (2, 'b')");
    const other = await database.connection();
    await other.query('BEGIN');
    // The server rolls back the session that has changed fewer rows.
    await other.query("INSERT INTO base (name) VALUES ('x'), ('y'), ('z')");
    await other.query('UPDATE base SET name = 1 WHERE id = 2');
    let blocked: Promise<unknown> | undefined;
    const up: Up = async (knex) => {
      await knex('base').where({ id: 1 }).update({ name: 'mine' });
      blocked = other
        .query('UPDATE base SET name = 1 WHERE id = 1')
        .then(() => other.query('ROLLBACK'));
      await knex('base')
        .where({ id: 2 })
        .update({ name: 'mine' })
        .catch(() => {});
      await knex('base')
        .insert({ name: 'after it' })
        .catch(() => {});
    };
    const options = { lockWaitTimeoutSeconds: 10 };
    expect(await migrate(database, bundle(BASE, migration(ID, up)), options)).toMatchObject({
      failure: { code: 'Deadlock', retryable: true },
    });
    await blocked;
    expect(await names(database)).toEqual(['a', 'b']);
  });
});

describe('a pause', () => {
  it('a pause comes before a statement, with which the next attempt resumes', async () => {
    const database = await createDatabase('pause');
    let statements = 0;
    const all = bundle(
      BASE,
      migration(ID, async (knex) => {
        for (const column of ['a', 'b', 'c'])
          await knex.raw(`ALTER TABLE base ADD COLUMN ${column} INT`);
      }),
    );
    const pause = () => ++statements % 4 === 0;
    const attempts = [];
    for (let tries = 0; tries < 5; tries++) attempts.push(await migrate(database, all, { pause }));
    const statuses = attempts.map(({ status }) => status);
    expect(statuses.slice(0, 2)).toEqual(['continue', 'continue']);
    expect(statuses).toContain('migrated');
    expect(statuses.at(-1)).toBe('unchanged');
    expect(await database.query("SHOW COLUMNS FROM base LIKE '_'")).toHaveLength(3);
  });
});

describe('a statement that takes too long', () => {
  it('a statement that takes too long is killed after the statement timeout, and the next attempt runs it again', async () => {
    const database = await createDatabase('slow');
    await migrate(database, bundle(BASE));
    const up = (source: string) => async (knex: Knex) => {
      await knex.raw('ALTER TABLE base ADD COLUMN a INT');
      await knex.raw(`INSERT INTO base (name) SELECT COUNT(*) FROM ${source}`);
    };
    const names4 = ['a', 'b', 'c', 'd'].map((name) => `information_schema.COLLATIONS AS ${name}`);
    const started = performance.now();
    const slow = bundle(BASE, migration(ID, up(names4.join(', '))));
    expect(await migrate(database, slow, { statementTimeoutSeconds: 1 })).toMatchObject({
      status: 'failed',
      failure: { code: 'StatementTimedOut', retryable: false, statement: { number: 2 } },
    });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(await names(database)).toEqual([]);
    expect(
      await migrate(database, bundle(BASE, migration(ID, up('knex_migrations')))),
    ).toMatchObject(RESUMED);
  });
});
