import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import { fenceName } from '../../../../src/adapters/mysql/locks/fence-name.ts';
import type { ChaosCase } from '../../../chaos/differential/chaos-case.ts';
import { startStrikeProxy } from '../../../chaos/differential/strike-proxy.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { type Fair, itHoldsAtEveryPoint } from './it-holds-at-every-point.ts';

const BASE = [
  'CREATE TABLE parents (id INT PRIMARY KEY)',
  'CREATE TABLE kids (id INT AUTO_INCREMENT PRIMARY KEY, parent INT, a VARCHAR(200) CHARACTER SET utf8mb4, at DATETIME NULL, CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parents (id))',
  "INSERT INTO kids (a) VALUES ('one'), ('two')",
];

/** For each thing that the first migration leaves in the session: how it does, and how the second one uses it. */
const SETTINGS: Readonly<Record<string, readonly [set: string, needs: string]>> = {
  'foreign keys that are not checked': [
    'SET foreign_key_checks = 0',
    'INSERT INTO kids (parent) VALUES (99)',
  ],
  'a sql_mode': [
    "SET SESSION sql_mode = ''",
    "INSERT INTO kids (parent, at) VALUES (NULL, '0000-00-00')",
  ],
  'a sql_mode that is an expression': [
    "SET sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')",
    "INSERT INTO kids (a) VALUES ('x' || 'y')",
  ],
  'quotes of ANSI': ["SET sql_mode = 'ANSI_QUOTES'", 'INSERT INTO "kids" ("a") VALUES (\'q\')'],
  'backslashes that do not escape': [
    "SET sql_mode = 'NO_BACKSLASH_ESCAPES'",
    "INSERT INTO kids (a) VALUES ('c:\\')",
  ],
  'a time zone': [
    "SET time_zone = '-05:00'",
    'INSERT INTO kids (at) VALUES (FROM_UNIXTIME(1000000000))',
  ],
  'a character set': ['SET NAMES latin1', "INSERT INTO kids (a) VALUES ('Größe')"],
  'a step of generated ids': [
    'SET auto_increment_increment = 10',
    "INSERT INTO kids (a) VALUES ('x'), ('y')",
  ],
  'names of months': [
    "SET lc_time_names = 'de_DE'",
    "INSERT INTO kids (a) VALUES (MONTHNAME('2026-05-01'))",
  ],
  'the length of GROUP_CONCAT': [
    'SET SESSION group_concat_max_len = 4',
    'INSERT IGNORE INTO kids (a) SELECT * FROM (SELECT GROUP_CONCAT(a ORDER BY id) FROM kids) AS k',
  ],
  'several at once': [
    "SET foreign_key_checks = 0, @@session.time_zone = '+03:00'",
    'INSERT INTO kids (parent, at) VALUES (99, FROM_UNIXTIME(1000000000))',
  ],
  'one that is put back': [
    'SET foreign_key_checks = 0; SET foreign_key_checks = 1',
    "INSERT INTO kids (a) VALUES ('x')",
  ],
};

const two = (first: (knex: Knex) => Promise<unknown>, second: (knex: Knex) => Promise<unknown>) => [
  {
    id: '20260101000000_first',
    up: async (knex: Knex) => {
      await first(knex);
      await knex.raw('CREATE TABLE by_first (id INT)');
    },
  },
  {
    id: '20260102000000_second',
    up: async (knex: Knex) => {
      await second(knex);
      await knex.raw('CREATE TABLE by_second (id INT)');
      await knex('kids').where('id', 1).update({ a: 'done' });
    },
  },
];

describe('a setting that one migration leaves and the next one needs', () => {
  itHoldsAtEveryPoint(
    (name) => `is as in an uninterrupted run, wherever that is cut: ${name}`,
    Object.entries(SETTINGS).map(([name, [set, needs]]): ChaosCase & Fair => ({
      name,
      base: BASE,
      migrations: two(
        (knex) => knex.raw(set),
        (knex) => knex.raw(needs),
      ),
    })),
  );
});

/** Cuts the connection between the two migrations and runs again. */
async function killedBetween(
  first: (knex: Knex) => Promise<unknown>,
  second: (knex: Knex) => Promise<unknown>,
  { sameRun }: { sameRun: boolean },
) {
  const database = await createDatabase('across');
  const connection = await database.multiConnection();
  await connection.query(BASE.join(';\n'));
  await connection.end();
  let isStopped = false;
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const list = () =>
    bundle(
      ...two(first, async (knex) => {
        if (!isStopped) {
          isStopped = true;
          // Its record exists, as after a run that was killed in the next migration.
          await knex.raw('ALTER TABLE kids ADD COLUMN begun INT');
          stop();
          // A killed process does nothing more.
          await new Promise(() => {});
        }
        await knex.raw('ALTER TABLE kids ADD COLUMN begun INT');
        await second(knex);
      }).map(({ id, up }) => migration(id, up)),
    );
  const proxy = await startStrikeProxy(database);
  void migrate({ ...database, port: proxy.port }, list(), { runId: 'the-run' });
  await stopped;
  proxy.close();
  const again = await migrate(database, list(), {
    runId: sameRun ? 'the-run' : 'another-run',
    fenceWaitSeconds: 10,
  });
  return { database, again };
}

async function left(database: TestDatabase) {
  const [records, locks, open] = await Promise.all([
    database.query('SELECT name, batch FROM knex_migrations ORDER BY id'),
    database.query('SELECT is_locked FROM knex_migrations_lock'),
    database.query('SELECT COUNT(*) AS n FROM fanfold_journal WHERE number > 0'),
  ]);
  return {
    batches: records.map(({ batch }) => batch),
    locks: locks.map(({ is_locked }) => is_locked),
    open: Number(open[0]?.n),
  };
}

describe.each([{ sameRun: true }, { sameRun: false }])(
  'a run that was killed in its second migration and continued (by the same run: $sameRun)',
  ({ sameRun }) => {
    it.each(Object.keys(SETTINGS))(
      'a migration that follows a killed run has the settings that the first one left: %s',
      async (name) => {
        const [set = '', needs = ''] = SETTINGS[name] ?? [];
        const { database, again } = await killedBetween(
          (knex) => knex.raw(set),
          (knex) => knex.raw(needs),
          { sameRun },
        );
        expect(again).toMatchObject({ status: 'migrated' });
        expect(await left(database)).toEqual({ batches: [1, 1], locks: [0], open: 0 });
      },
    );

    it.each([
      ['a variable', "SET @kept = 'x'", 'INSERT INTO kids (a) VALUES (@kept)', '@kept'],
      [
        'a variable of rows',
        'SELECT MAX(id) INTO @most FROM kids',
        'INSERT INTO kids (id) VALUES (@most + 5)',
        '@most',
      ],
      [
        'a temporary table',
        'CREATE TEMPORARY TABLE kept AS SELECT id FROM kids',
        'INSERT INTO kids (a) SELECT id FROM kept',
        'kept',
      ],
      ['a prepared statement', "PREPARE kept FROM 'UPDATE kids SET a = 5'", 'EXECUTE kept', 'kept'],
    ])(
      'a continued run labels a migration, with the name, that needs %s of the first one',
      async (_, makes, needs, named) => {
        const { database, again } = await killedBetween(
          (knex) => knex.raw(makes),
          (knex) => knex.raw(needs),
          { sameRun },
        );
        expect(again).toMatchObject({
          status: 'failed',
          failure: { code: 'HalfApplied', message: expect.stringContaining(named) },
        });
        expect((await left(database)).locks).toEqual([0]);
      },
    );
  },
);

describe('the batch of a run', () => {
  const ids = ['20260101000000_a', '20260102000000_b', '20260103000000_c'];

  it('the batch is a new one for a run after a failed run', async () => {
    const database = await createDatabase('batch');
    let isBroken = true;
    const list = bundle(
      ...ids.map((id) =>
        migration(id, async (knex) => {
          await knex.raw(`CREATE TABLE ${id.slice(-1)} (id INT)`);
          if (id.endsWith('_b') && isBroken) throw new Error('not yet');
        }),
      ),
    );
    expect(await migrate(database, list, { runId: 'one' })).toMatchObject({ status: 'failed' });
    isBroken = false;
    expect(await migrate(database, list, { runId: 'two' })).toMatchObject({ status: 'migrated' });
    expect(await left(database)).toEqual({ batches: [1, 2, 2], locks: [0], open: 0 });
  });
});

/** States in which a migration with `transaction: false` leaves its session. */
const ENDINGS: Readonly<Record<string, (knex: Knex) => Promise<unknown>>> = {
  'SET SESSION TRANSACTION READ ONLY': (knex) => knex.raw('SET SESSION TRANSACTION READ ONLY'),
  'SET TRANSACTION READ ONLY': (knex) => knex.raw('SET TRANSACTION READ ONLY'),
  'a write that a read-only session refuses': async (knex) => {
    await knex.raw('SET SESSION TRANSACTION READ ONLY');
    await knex('kids')
      .insert({ a: 'never' })
      .catch(() => {});
  },
  'a write that a read-only session refuses, and a change after it': async (knex) => {
    await knex.raw('SET SESSION TRANSACTION READ ONLY');
    await knex('kids')
      .insert({ a: 'never' })
      .catch(() => {});
    await knex.raw('SET SESSION TRANSACTION READ WRITE');
    await knex.raw('ALTER TABLE kids ADD COLUMN more INT');
  },
  'a read-only transaction that stays open': async (knex) => {
    await knex.raw('START TRANSACTION READ ONLY');
    await knex.raw('SELECT * FROM kids');
  },
  'a procedure in a read-only transaction': (knex) =>
    knex.transaction((trx) => trx.raw('CALL reads_only()'), { readOnly: true }),
  'a transaction that stays open': async (knex) => {
    await knex.raw('START TRANSACTION');
    await knex('kids').where('id', 2).update({ a: 'in it' });
  },
  'LOCK TABLES': async (knex) => {
    await knex.raw('LOCK TABLES kids WRITE');
    await knex('kids').where('id', 2).update({ a: 'locked' });
  },
  'LOCK TABLES without autocommit': async (knex) => {
    await knex.raw('SET autocommit = 0');
    await knex.raw('LOCK TABLES kids WRITE');
    await knex('kids').where('id', 2).update({ a: 'locked' });
    await knex.raw('COMMIT');
    await knex.raw('UNLOCK TABLES');
    await knex.raw('SET autocommit = 1');
  },
  'autocommit = 0': async (knex) => {
    await knex.raw('SET autocommit = 0');
    await knex('kids').where('id', 2).update({ a: 'not by itself' });
    await knex.raw('COMMIT');
  },
  'completion_type = 1': (knex) => knex.raw('SET completion_type = 1'),
  'completion_type = 2': (knex) => knex.raw('SET completion_type = 2'),
  sql_safe_updates: (knex) => knex.raw('SET sql_safe_updates = 1'),
  'sql_big_selects = 0': (knex) => knex.raw('SET sql_big_selects = 0, max_join_size = 1'),
  'ANSI_QUOTES and NO_BACKSLASH_ESCAPES': (knex) =>
    knex.raw("SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'"),
  'another database': (knex) => knex.raw('USE information_schema'),
};

describe('a migration that leaves its session in an unusual state', () => {
  it.each(
    Object.keys(ENDINGS).flatMap((ending) =>
      ['last', 'before another one'].map((place) => ({ ending, place })),
    ),
  )(
    'a migration that leaves its session in an unusual state leaves nothing of the run behind, $place: $ending',
    async ({ ending, place }) => {
      const database = await createDatabase('endings');
      const connection = await database.multiConnection();
      await connection.query(
        [...BASE, 'CREATE PROCEDURE reads_only() READS SQL DATA SELECT COUNT(*) FROM kids'].join(
          ';\n',
        ),
      );
      await connection.end();
      const ends = migration('20260101000000_ends', async (knex) => ENDINGS[ending]?.(knex), {
        transaction: false,
      });
      const empty = migration('20260102000000_empty', () => {});
      const list = place === 'last' ? bundle(ends) : bundle(ends, empty);
      const attempt = await migrate(database, list);
      expect(attempt).toMatchObject({ status: 'migrated' });
      expect(await left(database)).toEqual({
        batches: list.migrations.map(() => 1),
        locks: [0],
        open: 0,
      });
      const [free] = await database.query('SELECT IS_FREE_LOCK(?) AS free', [
        fenceName(database.database),
      ]);
      expect(free?.free).toBe(1);
    },
  );
});
