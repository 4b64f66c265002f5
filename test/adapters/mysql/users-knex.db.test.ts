import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import knexFactory, { type Knex } from 'knex';
import mysql2 from 'mysql2';
import { describe, expect, it } from 'vitest';
import type { KnexSettings } from '../../../src/adapters/mysql/migration/knex/knex-settings.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { describeValue } from '../../support/describe-value.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { plainKnex } from '../../support/plain-knex.ts';

type Up = (knex: Knex, see: (what: unknown) => void) => unknown;
interface Outcome {
  readonly seen: unknown;
  readonly tables: unknown;
}

const BOTH = [true, false];

/** Runs the same migrations by plain Knex and by Fanfold, and expects equal observations and equal databases. */
async function expectSame(up: Up, settings: KnexSettings, transaction: boolean): Promise<Outcome> {
  const [plain, ours] = [await createDatabase('plain'), await createDatabase('ours')];
  const seen: { plain: unknown[]; ours: unknown[] } = { plain: [], ours: [] };
  const by = (name: 'plain' | 'ours') =>
    bundle(
      migration('20260101000000_same', (knex) => up(knex, (what) => seen[name].push(what)), {
        transaction,
      }),
    );
  await plainKnex(plain, by('plain'), settings as Knex.Config).migrate.latest();
  expect(await migrate(ours, by('ours'), { knex: settings })).toMatchObject({ status: 'migrated' });
  const expected = { seen: inWords(seen.plain, plain), tables: await tablesOf(plain) };
  expect({ seen: inWords(seen.ours, ours), tables: await tablesOf(ours) }).toEqual(expected);
  return expected;
}

function inWords(seen: unknown[], { database }: TestDatabase): unknown {
  return JSON.parse(
    JSON.stringify(seen.map((each) => describeValue(each))).replaceAll(database, 'db'),
  );
}

/** Definitions and rows of all tables except those of the bookkeeping. */
async function tablesOf(database: TestDatabase): Promise<unknown> {
  const tables = await database.query(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE 'knex%' AND table_name NOT LIKE 'fanfold%' ORDER BY 1",
  );
  const connection = await database.connection();
  const found: unknown[] = [];
  for (const { name } of tables) {
    const [definition] = await connection.query('SHOW CREATE TABLE ??', [name]);
    const [rows] = await connection.query({
      sql: 'SELECT * FROM ??',
      values: [name],
      dateStrings: true,
    });
    found.push({ definition, rows });
  }
  return JSON.parse(JSON.stringify(found));
}

/** Converts names like objection's `knexSnakeCaseMappers({ upperCase: true })`. */
const UPPER_SNAKE: KnexSettings = {
  wrapIdentifier: (value, original) =>
    original(value === '*' ? value : value.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()),
  postProcessResponse: (response) => camelCased(response),
};

function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (Object.prototype.toString.call(value) !== '[object Object]') return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([key, held]) => [
      key.toLowerCase().replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase()),
      held,
    ]),
  );
}

/** Upper-case names are equal in information_schema of both servers only if they are quoted. */
const SHAPES: Readonly<Record<string, { up: Up; knex?: KnexSettings; only?: boolean }>> = {
  'identifiers that are mapped to upper snake case': {
    knex: UPPER_SNAKE,
    up: async (knex, see) => {
      await knex.schema.createTable('userAccount', (table) => {
        table.increments('accountId');
        table.string('firstName').notNullable();
        table.timestamp('createdAt').nullable();
      });
      await knex('userAccount').insert({ firstName: 'Ada' });
      see(await knex('userAccount').select('accountId', 'firstName'));
      see(await knex('userAccount').first('firstName'));
    },
  },
  'a client that is asked which it is': {
    up: async (knex, see) => {
      const { client } = knex;
      see([client.config.client, client.dialect, client.driverName, client.constructor.name]);
      see([String(client), client.database(), typeof client.version, client.canCancelQuery]);
      if (knex.client.config.client === 'mysql2') {
        await knex.schema.createTable('only_on_mysql2', (table) => table.increments());
      }
    },
  },
  'connection settings, their password not shown': {
    up: (knex, see) => {
      const { connection } = knex.client.config;
      see(Object.keys(connection).sort());
      see(Object.keys(JSON.parse(JSON.stringify(connection))).sort());
      see(typeof connection.password === 'string' && connection.password.length > 0);
    },
  },
  'events of queries': {
    up: async (knex, see) => {
      const events: unknown[] = [];
      knex.on('start', (builder) => events.push(['start', builder.constructor.name]));
      knex.on('query', ({ sql, bindings, method, __knexUid }) =>
        events.push(['query', sql, bindings, method, typeof __knexUid]),
      );
      knex.on('query-response', (response, { sql }, builder) =>
        events.push(['query-response', response, sql, builder.constructor.name]),
      );
      knex.on('query-error', (error, { sql }) => events.push(['query-error', error.message, sql]));
      await knex.schema.createTable('a_table', (table) => table.increments());
      await knex('a_table')
        .insert({ id: 3 })
        .on('query-response', (id: unknown) => events.push(['own', id]));
      await knex('a_table')
        .insert({ id: 3 })
        .catch(() => {});
      // Knex's own queries for its record follow.
      see([...events]);
    },
  },
  'a connection from the client, with queries of the driver': {
    up: async (knex, see) => {
      const connection = await knex.client.acquireConnection();
      see([typeof connection.threadId, typeof connection.__knexUid, connection.config.database]);
      try {
        await connection
          .promise()
          .query('CREATE TABLE by_driver (id int PRIMARY KEY, a varchar(9))');
        see(await connection.promise().query('INSERT INTO by_driver VALUES (?, ?)', [1, 'one']));
        await new Promise<void>((resolve, reject) =>
          connection.query(
            'SELECT * FROM by_driver',
            (error: Error, rows: unknown, fields: unknown[]) => {
              see([rows, fields.length]);
              error ? reject(error) : resolve();
            },
          ),
        );
        see(
          await connection
            .promise()
            .query('SELEKT 1')
            .catch((error: Error) => error.message),
        );
        const rows: unknown[] = [];
        await new Promise((resolve, reject) =>
          connection
            .query('SELECT a FROM by_driver')
            .on('result', (row: unknown) => rows.push(row))
            .on('error', reject)
            .on('end', resolve),
        );
        see(rows);
        for await (const row of connection.query('SELECT id FROM by_driver').stream()) see(row);
      } finally {
        await knex.client.releaseConnection(connection);
      }
    },
  },
  'its pool': {
    // A transaction does not have it.
    only: false,
    up: async (knex, see) => {
      const { pool } = knex.client;
      see([pool.max, pool.min, pool.constructor.name, pool.numPendingAcquires()]);
      await knex.raw('CREATE TABLE a_table (id int)');
      see(pool.numUsed() >= 0 && pool.numFree() >= 0);
    },
  },
  'seeds that are run by it': {
    only: false,
    up: async (knex, see) => {
      await knex.schema.createTable('seeded', (table) => table.integer('id'));
      const folder = await mkdtemp(join(tmpdir(), 'fanfold-seeds-'));
      try {
        await writeFile(
          join(folder, '01.cjs'),
          "exports.seed = (knex) => knex('seeded').insert([{ id: 1 }, { id: 2 }]);",
        );
        const [ran] = await knex.seed.run({ directory: folder, loadExtensions: ['.cjs'] });
        see(ran.length);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  },
  'user parameters, references, functions': {
    knex: { userParams: { tenant: 'acme' } },
    up: async (knex, see) => {
      see((knex as unknown as { userParams: { tenant?: string } }).userParams.tenant);
      await knex.schema.createTable('things', (table) => {
        table.increments();
        table.timestamp('at').defaultTo(knex.fn.now());
        table.uuid('key').defaultTo(knex.fn.uuid());
      });
      see(knex.ref('things.id').as('x').toSQL().sql);
      see(knex.raw('? + ??', [1, 'things.id']).toString());
      see(knex('things').where('id', 1).toQuery());
    },
  },
  'transactions inside of it': {
    // DDL ends the migration's transaction; Fanfold starts another one, plain Knex does not.
    only: false,
    up: async (knex, see) => {
      await knex.schema.createTable('a_table', (table) => table.increments());
      await knex.transaction(async (trx) => {
        see([trx.isCompleted(), trx.isTransaction, trx.executionPromise instanceof Promise]);
        await trx('a_table').insert({ id: 1 });
        const failed = trx.transaction(async (inner) => {
          await inner('a_table').insert({ id: 2 });
          throw new Error('never mind');
        });
        see(await failed.catch((error) => error.message));
      });
      const trx = await knex.transaction();
      await trx('a_table').insert({ id: 3 });
      await trx.commit();
      see([trx.isCompleted(), await trx.executionPromise]);
      const provider = knex.transactionProvider();
      const provided = await provider();
      await provided('a_table').insert({ id: 4 });
      await provided.rollback();
      see(provided.isCompleted());
    },
  },
  'queries at the same time': {
    only: false,
    up: async (knex, see) => {
      await knex.schema.createTable('a_table', (table) => table.integer('id').primary());
      await Promise.all(Array.from({ length: 25 }, (_, id) => knex('a_table').insert({ id })));
      see(await knex('a_table').count({ n: '*' }));
    },
  },
  'rows that are streamed': {
    up: async (knex, see) => {
      await knex.schema.createTable('a_table', (table) => {
        table.integer('id').primary();
        table.integer('twice');
      });
      await knex('a_table').insert(Array.from({ length: 100 }, (_, id) => ({ id })));
      const ids: number[] = [];
      for await (const { id } of knex('a_table').select('id').orderBy('id').stream()) ids.push(id);
      see(ids.length);
      const doubled = new Transform({
        objectMode: true,
        transform: ({ id }, _, done) => done(null, { id, twice: 2 * id }),
      });
      const taken: unknown[] = [];
      await pipeline(knex('a_table').orderBy('id').limit(5).stream(), doubled, async (rows) => {
        for await (const row of rows) taken.push(row);
      });
      see(taken);
      await knex('a_table')
        .orderBy('id')
        .limit(3)
        .stream((stream) => stream.on('data', see));
      for await (const row of knex('a_table').orderBy('id').stream()) {
        see(row);
        break;
      }
      const failing = knex('no_such_table').stream();
      see(
        await pipeline(failing, new Transform({ objectMode: true })).catch((error) => error.code),
      );
      see(await knex('a_table').count({ n: '*' }));
    },
  },
  'dates and large numbers as the driver is told': {
    knex: { connection: { timezone: '-05:00', supportBigNumbers: true, bigNumberStrings: true } },
    up: async (knex, see) => {
      await knex.schema.createTable('times', (table) => {
        table.bigIncrements();
        table.datetime('at');
        table.bigInteger('big');
      });
      const at = new Date('2026-07-01T12:00:00Z');
      await knex('times').insert({ at, big: '9007199254740993' });
      see(await knex('times'));
      see(await knex('times').count({ n: '*' }));
    },
  },
  'times in the time zone of the process': {
    up: async (knex, see) => {
      await knex.raw('CREATE TABLE times (at datetime, ts timestamp NULL, later datetime NULL)');
      await knex('times').insert({
        at: new Date('2026-07-01T12:00:00Z'),
        ts: new Date('2026-01-01T00:00:00Z'),
      });
      await knex.raw('UPDATE times SET later = FROM_UNIXTIME(86400)');
      await knex.raw('ALTER TABLE times MODIFY ts datetime NULL');
      see(await knex('times'));
    },
  },
  'a session that is set up after it was made': {
    knex: {
      pool: {
        afterCreate: (connection, done) =>
          connection.query("SET SESSION sql_mode = 'ANSI_QUOTES'", (error: Error | null) =>
            done(error, connection),
          ),
      },
    },
    up: async (knex, see) => {
      await knex.raw('CREATE TABLE "quoted" (id int)');
      see((await knex.raw('SELECT @@sql_mode AS mode'))[0]);
    },
  },
  'null for what is undefined': {
    knex: { useNullAsDefault: true, asyncStackTraces: true },
    up: async (knex, see) => {
      await knex.raw('CREATE TABLE a_table (id int, a int DEFAULT 5)');
      await knex('a_table').insert([{ id: 1 }, { id: 2, a: 3 }]);
      see(await knex('a_table').orderBy('id'));
    },
  },
};

describe.each(Object.entries(SHAPES))('%s', (_, { up, knex = {}, only }) => {
  it.each(only === undefined ? BOTH : [only])(
    "a user's Knex behaves as with plain Knex, transaction: %s",
    async (transaction) => {
      await expectSame(up, knex, transaction);
    },
  );
});

describe('a second connection beside the fenced one', () => {
  const ATTEMPTS: Readonly<Record<string, (knex: Knex) => unknown>> = {
    'Knex from the same configuration': (knex) => knexFactory(knex.client.config)('t'),
    'Knex from a copy of the configuration': (knex) => knexFactory({ ...knex.client.config })('t'),
    'Knex with the settings of the connection': (knex) =>
      knexFactory({ client: 'mysql2', connection: knex.client.config.connection })('t'),
    'Knex with a copy of the settings': ({ client: { config } }) =>
      knexFactory({ client: 'mysql2', connection: { ...config.connection, database: 'other' } })(
        't',
      ),
    'the driver with the settings': (knex) =>
      mysql2.createConnection(knex.client.config.connection),
    'the driver with the settings that Knex holds': (knex) =>
      mysql2.createConnection(knex.client.connectionSettings),
    'a pool of the driver': async (knex) =>
      mysql2.createPool(knex.client.config.connection).promise().query('SELECT 1'),
    'a query that is cancelled': (knex) =>
      knex.raw('SELECT SLEEP(2)').timeout(50, { cancel: true }),
  };

  it.each(Object.entries(ATTEMPTS))(
    'a second connection beside the fenced one is refused with a reason: %s',
    async (_, attempt) => {
      const database = await createDatabase('second');
      let thrown: unknown;
      const up = async (knex: Knex) => {
        try {
          await attempt(knex);
        } catch (error) {
          thrown = error;
        }
      };
      await migrate(
        database,
        bundle(migration('20260101000000_second', up, { transaction: false })),
      );
      expect(String((thrown as Error).message)).toMatch(
        /second connection|cancelling of query failed/,
      );
    },
  );
});

describe('a Knex that was destroyed by a migration', () => {
  it('a Knex that was destroyed by a migration can be initialized again, and works for the next migration', async () => {
    const database = await createDatabase('destroyed');
    let message = '';
    const first = migration(
      '20260101000000_destroys',
      async (knex) => {
        await knex.destroy();
        message = await knex.raw('SELECT 1').then(String, (error) => error.message);
        knex.initialize();
        await knex.raw('CREATE TABLE a_table (id int)');
        await knex.destroy();
      },
      { transaction: false },
    );
    const second = migration('20260102000000_next', (knex) => knex('a_table').insert({ id: 1 }));
    expect(await migrate(database, bundle(first, second))).toMatchObject({ status: 'migrated' });
    expect(message).toBe('Unable to acquire a connection');
    expect(await database.query('SELECT id FROM a_table')).toEqual([{ id: 1 }]);
  });
});

describe('a pool.afterCreate that fails', () => {
  it.each<[string, NonNullable<KnexSettings['pool']>['afterCreate']]>([
    ['by its callback', (_, done) => done(new Error('no'))],
    ['by its promise', async () => Promise.reject(new Error('no'))],
    [
      'at once',
      () => {
        throw new Error('no');
      },
    ],
  ])(
    'a pool.afterCreate that fails stops before the first migration: %s',
    async (_, afterCreate) => {
      const database = await createDatabase('setup');
      let ran = false;
      const up = () => {
        ran = true;
      };
      const attempt = await migrate(database, bundle(migration('20260101000000_a', up)), {
        knex: { pool: { afterCreate } },
      });
      expect(attempt).toMatchObject({ status: 'failed', failure: { code: 'SessionSetUpFailed' } });
      expect(ran).toBe(false);
    },
  );
});
