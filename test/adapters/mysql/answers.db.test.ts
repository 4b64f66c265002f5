import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import type { KnexSettings } from '../../../src/adapters/mysql/migration/knex/knex-settings.ts';
import { startCuttingProxy } from '../../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { describeValue, type LeftOut } from '../../support/describe-value.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { plainKnex } from '../../support/plain-knex.ts';
import { testServer } from '../../support/server.ts';

/**
 * Properties that are not compared: the positions of a column's names in the packet from which mysql2 read
 * them, and that packet. They depend on how the server splits its answer, and differ between runs of plain
 * Knex too. The names themselves are compared, by their getters.
 */
const LEFT_OUT: LeftOut = {
  ColumnDefinition: ['_buf', /^_\w+(?:Start|Length|Value)$/, '_clientEncoding'],
};

type Case = (knex: Knex) => unknown;

const ALL_TYPES = `CREATE TABLE every_type (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, tiny tinyint, flag tinyint(1), small smallint unsigned, medium mediumint,
  big bigint, huge bigint unsigned, dec_ decimal(30,10), flt float, dbl double, yr year, d date, dt datetime(6), ts timestamp NULL,
  tm time(3), c char(3), vc varchar(50) UNIQUE, tx text, b binary(4), vb varbinary(9), bl blob, js json, bt bit(10), en enum('a','b'),
  st set('x','y'), geo geometry, ml varchar(20) CHARACTER SET latin1)`;

/** The setup is not compared, because cases cover its answers too. */
const READS: Readonly<Record<string, Case>> = {
  'rows of every type, raw': (knex) => knex.raw('SELECT * FROM every_type ORDER BY id'),
  'rows of every type, from a builder': (knex) => knex('every_type').orderBy('id'),
  'the first row': (knex) => knex('every_type').first(),
  'the first of no rows': (knex) => knex('every_type').where('id', 99).first(),
  'no rows': (knex) => knex('every_type').where('id', 99),
  'no rows, raw': (knex) => knex.raw('SELECT id, vc FROM every_type WHERE id = ?', [99]),
  'a plucked column': (knex) => knex('every_type').pluck('vc').orderBy('id'),
  'a count': (knex) => knex('every_type').count(),
  'columns of the same name': (knex) =>
    knex.raw(
      'SELECT a.id, b.id, a.vc AS id FROM every_type a JOIN every_type b ORDER BY a.id, b.id',
    ),
  'rows as arrays': (knex) =>
    knex('every_type').select('id', 'vc').orderBy('id').options({ rowsAsArray: true }),
  'nested rows': (knex) =>
    knex('every_type').select('id', 'vc').orderBy('id').options({ nestTables: true }),
  'values that are their own type': (knex) =>
    knex('every_type')
      .select('id', 'big')
      .options({
        typeCast: (field: { type: string }, next: () => unknown) =>
          field.type === 'LONGLONG' ? BigInt(String((next() as null) ?? 0)) : next(),
      }),
  'numbers that JSON has no word for': (knex) =>
    knex.raw('SELECT id, dbl FROM every_type ORDER BY id').options({
      typeCast: (field: { type: string }, next: () => unknown) =>
        field.type === 'DOUBLE'
          ? [Number.NaN, -0, Number.POSITIVE_INFINITY, undefined, next()]
          : next(),
    }),
  'computed columns': (knex) =>
    knex.raw(
      "SELECT 1 AS one, -0e0 AS zero, 1.50 AS dec_, NULL AS nothing, 'text' AS tx, x'00ff' AS bytes, NOW() > '2000-01-01' AS later, 18446744073709551615 AS most",
    ),
  'whether a table is there': (knex) => knex.schema.hasTable('every_type'),
  'whether a column is there': (knex) => knex.schema.hasColumn('every_type', 'nothing'),
  'what is known of columns': async (knex) =>
    // MySQL returns them in any order.
    Object.entries(await knex('every_type').columnInfo()).sort(([a], [b]) => (a < b ? -1 : 1)),
  'what SHOW shows': (knex) => knex.raw("SHOW COLUMNS FROM every_type LIKE 'v%'"),
  'what EXPLAIN shows': (knex) => knex.raw('EXPLAIN SELECT id FROM every_type WHERE id = 1'),
};

const WRITES: Readonly<Record<string, Case>> = {
  'an insert': (knex) => knex('every_type').insert({ vc: 'inserted' }),
  'an insert, raw': (knex) => knex.raw("INSERT INTO every_type (vc) VALUES ('raw 1'), ('raw 2')"),
  'an insert that ignores': (knex) =>
    knex.raw("INSERT IGNORE INTO every_type (vc) VALUES ('inserted'), ('not yet')"),
  'an insert or update': (knex) =>
    knex('every_type').insert({ vc: 'inserted', tiny: 3 }).onConflict().merge(),
  'a batch': (knex) =>
    knex.batchInsert('every_type', [{ vc: 'b1' }, { vc: 'b2' }, { vc: 'b3' }], 2),
  'an update': (knex) => knex('every_type').where('vc', 'b1').update({ tiny: 5 }),
  'an update that changes nothing': (knex) =>
    knex('every_type').where('vc', 'b1').update({ tiny: 5 }),
  'an update, raw': (knex) =>
    knex.raw("UPDATE every_type SET tiny = 6 WHERE vc IN ('b1', 'b2') OR tiny = ?", [6]),
  'an increment': (knex) => knex('every_type').where('vc', 'b1').increment('tiny', 2),
  'a delete': (knex) => knex('every_type').where('vc', 'b3').del(),
  'a delete, raw': (knex) => knex.raw("DELETE FROM every_type WHERE vc = 'b2'"),
  'a write and what was written': async (knex) => {
    const [id] = await knex('every_type').insert({ vc: 'read back' });
    return [id, await knex('every_type').select('id', 'vc').where({ id })];
  },
  'several statements in one query': (knex) =>
    knex.raw(
      "INSERT INTO every_type (vc) VALUES ('several'); SELECT id, vc FROM every_type WHERE vc = 'several'; DELETE FROM every_type WHERE vc = 'several'",
    ),
  'a session variable': (knex) => knex.raw('SET @a_variable = 5'),
};

const DDL: Readonly<Record<string, Case>> = {
  'a table, raw': (knex) => knex.raw('CREATE TABLE made_raw (id int PRIMARY KEY, a int)'),
  'a table, from a builder': (knex) =>
    knex.schema.createTable('made', (table) => {
      table.increments();
      table.string('name').index();
    }),
  'a write after it': (knex) => knex.raw('INSERT INTO made_raw VALUES (1, 2), (2, 3)'),
  'a column': (knex) => knex.raw('ALTER TABLE made_raw ADD COLUMN b varchar(20)'),
  'a type that rows are copied for': (knex) => knex.raw('ALTER TABLE made_raw MODIFY a bigint'),
  'a renamed column': (knex) =>
    knex.schema.alterTable('made', (table) => table.renameColumn('name', 'title')),
  'a table that is there already, with a warning': (knex) =>
    knex.raw('CREATE TABLE IF NOT EXISTS made_raw (id int)'),
  'a view': (knex) => knex.raw('CREATE VIEW seen AS SELECT id FROM made_raw'),
  'a procedure': (knex) =>
    knex.raw(
      'CREATE PROCEDURE twice() BEGIN SELECT 1 AS one; SELECT id FROM made_raw ORDER BY id; END',
    ),
  'what a procedure answers': (knex) => knex.raw('CALL twice()'),
  'a dropped table': (knex) => knex.schema.dropTable('made'),
  'a dropped table that is not there': (knex) => knex.schema.dropTableIfExists('made'),
};

const ERRORS: Readonly<Record<string, Case>> = {
  'a duplicate entry': (knex) => knex('every_type').insert({ vc: 'one', tx: "it's secret" }),
  'a duplicate entry, raw': (knex) => knex.raw('INSERT INTO every_type (vc) VALUES (?)', ['one']),
  'a duplicate column': (knex) =>
    knex.schema.alterTable('every_type', (table) => table.integer('tiny')),
  'a table that is there': (knex) => knex.raw('CREATE TABLE every_type (id int)'),
  'a missing table': (knex) => knex('no_such_table').where({ name: 'secret', n: 5 }),
  'a missing column': (knex) => knex('every_type').select('nothing').where('vc', 'secret'),
  'a syntax error': (knex) => knex.raw("SELEKT 'secret' FROM every_type WHERE id = ?", [1]),
  'a value that is too long': (knex) =>
    knex('every_type').insert({ vc: 'x'.repeat(60), bl: Buffer.from('bytes') }),
  'a value that is none of them': (knex) => knex('every_type').insert({ en: 'z' }),
  'an error of somebody’s own': (knex) =>
    knex.raw("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'mine'"),
  'an error with a number that has no name': (knex) =>
    knex.raw("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'mine', MYSQL_ERRNO = 30001"),
  'an error in a procedure': (knex) => knex.raw('CALL no_such_procedure(?)', ['secret']),
  'nothing to drop': (knex) => knex.schema.dropTable('no_such_table'),
  'an error in the second of several statements': (knex) =>
    knex.raw('SELECT 1; SELECT * FROM no_such_table'),
};

const ROWS = [
  {
    tiny: -1,
    flag: 1,
    small: 65535,
    medium: -8,
    big: '9223372036854775807',
    huge: '18446744073709551615',
    dec_: '12345678901234567890.0123456789',
    flt: 1.5,
    dbl: -0.1,
    yr: 2026,
    d: '2026-03-29',
    dt: '2026-03-29 02:30:00.123456',
    ts: '2026-10-25 02:30:00',
    tm: '-25:00:00.5',
    c: 'abc',
    vc: 'one',
    tx: "it's “text” \\ \n",
    b: Buffer.from([0, 255, 1, 2]),
    vb: Buffer.from([36]),
    bl: Buffer.from('{"$date":1}'),
    js: JSON.stringify({ $date: 5, a: [1, { $bytes: 'x' }], b: 1234567890123 }),
    en: 'a',
    st: 'x,y',
    ml: 'é',
  },
  { vc: 'two', dbl: 0, d: '1969-12-31', js: 'null' },
];

/** The result of every case: the answer or the error, described. */
type Seen = Map<string, unknown>;

async function see(knex: Knex, seen: Seen): Promise<void> {
  const look = async (name: string, run: Case): Promise<void> => {
    let came: { answer: unknown } | { error: unknown };
    try {
      came = { answer: await run(knex) };
    } catch (error) {
      came = { error };
    }
    const described = Object.entries(came).map(([what, value]) => [
      what,
      describeValue(value, LEFT_OUT),
    ]);
    seen.set(name, { ...Object.fromEntries(described), columns: columnsOf(came) });
  };
  await look('the table', (on) => on.raw(ALL_TYPES));
  await look('its rows', (on) => on('every_type').insert(ROWS));
  await look('a bit and a point', (on) =>
    on.raw(
      "UPDATE every_type SET bt = b'1000000001', geo = ST_GeomFromText('POLYGON((0 0,3 0,3 3,0 0))') WHERE vc = 'one'",
    ),
  );
  for (const [name, run] of Object.entries({ ...READS, ...WRITES, ...DDL, ...ERRORS })) {
    await look(name, run);
  }
}

/** The values of the getters of an answer's columns. */
function columnsOf(came: unknown): unknown {
  const { answer } = came as { answer?: unknown };
  if (!Array.isArray(answer) || !Array.isArray(answer[1])) return undefined;
  return answer[1]
    .flat()
    .filter((field) => field?.constructor.name === 'ColumnDefinition')
    .map((field) =>
      ['catalog', 'schema', 'table', 'orgTable', 'name', 'orgName', 'db', 'encoding', 'length'].map(
        (name) => field[name],
      ),
    );
}

const SETTINGS: Readonly<Record<string, KnexSettings>> = {
  'no settings': {},
  'numbers as strings': {
    connection: { supportBigNumbers: true, bigNumberStrings: true, decimalNumbers: true },
  },
  'dates as strings, in a zone of their own': {
    connection: { dateStrings: true, timezone: '+05:30' },
  },
  'no types': { connection: { typeCast: false } },
};

describe.each(Object.entries(SETTINGS))('an answer with %s', (_, settings) => {
  it.each([true, false])(
    'an answer is equal from plain Knex, from Fanfold and from its journal, transaction: %s',
    async (transaction) => {
      const { connection = {} } = settings;
      const plain: Seen = new Map();
      const live: Seen = new Map();
      const replayed: Seen = new Map();
      const inPlain = await createDatabase('answers');
      const inFanfold = await createDatabase('answers');

      await plainKnex(inPlain, bundle(once(plain, { transaction })), {
        connection: { ...connection, multipleStatements: true },
      }).migrate.latest();
      const stop = { after: true };
      const stopped = await migrate(inFanfold, bundle(once(live, { transaction, stop })), {
        knex: settings,
      });
      stop.after = false;
      const resumed = await migrate(inFanfold, bundle(once(replayed, { transaction, stop })), {
        knex: settings,
      });

      expect(stopped).toMatchObject({
        status: 'failed',
        failure: { message: expect.stringContaining('stopped') },
      });
      expect(resumed).toMatchObject({ status: 'migrated' });
      const failed = [...plain.entries()].filter(([, came]) => 'error' in (came as object));
      const mayFail = connection.typeCast === false ? ['whether a column is there'] : [];
      expect(failed.map(([name]) => name)).toEqual([...mayFail, ...Object.keys(ERRORS)]);
      const expected = inWords(plain, inPlain);
      expect(inWords(live, inFanfold)).toEqual(expected);
      expect(inWords(replayed, inFanfold)).toEqual(expected);
      expect(await rowsOf(inFanfold)).toEqual(await rowsOf(inPlain));
    },
    60_000,
  );
});

function once(
  seen: Seen,
  { transaction, stop }: { transaction: boolean; stop?: { after: boolean } },
) {
  return migration(
    '20260101000000_every_answer',
    async (knex) => {
      await see(knex, seen);
      await knex.raw('CREATE TABLE the_end (id int)');
      if (stop?.after) throw new Error('stopped');
    },
    { transaction },
  );
}

function inWords(seen: Seen, { database }: TestDatabase): Record<string, unknown> {
  return JSON.parse(JSON.stringify(Object.fromEntries(seen)).replaceAll(database, 'the_database'));
}

async function rowsOf(database: TestDatabase): Promise<unknown> {
  const knex = plainKnex(database, bundle());
  return [await knex('every_type').orderBy('id'), await knex('made_raw').orderBy('id')];
}

describe('an error that a migration catches', () => {
  /** Ways in which migrations recognize an expected error; each continues after it. */
  const CATCHING: Readonly<Record<string, Case>> = {
    'by its code': (knex) =>
      unless(
        knex.schema.alterTable('base', (table) => table.integer('there')),
        ({ code }) => code === 'ER_DUP_FIELDNAME',
      ),
    'by its number': (knex) =>
      unless(knex.raw('ALTER TABLE base ADD COLUMN there int'), ({ errno }) => errno === 1060),
    'by its message': (knex) =>
      unless(knex('base').insert({ id: 1 }), ({ message }) =>
        message.startsWith('insert into `base` (`id`) values (1) - Duplicate entry'),
      ),
    'by its state': (knex) =>
      unless(knex.schema.dropTable('nothing'), ({ sqlState, sql }) =>
        Boolean(sqlState === '42S02' && sql?.startsWith('drop table')),
      ),
  };

  it.each(Object.entries(CATCHING))(
    'an error that a migration catches is recognized by every later attempt, wherever the first is cut: %s',
    async (_, caught) => {
      const up: Case = async (knex) => {
        await caught(knex);
        await knex('base').insert({ id: 2 });
        await knex.schema.alterTable('base', (table) => table.integer('after'));
        await knex('base').where({ id: 2 }).update({ after: 3 });
      };
      const base = migration('20260101000000_base', async (knex) => {
        await knex.raw('CREATE TABLE base (id int PRIMARY KEY, there int)');
        await knex('base').insert({ id: 1 });
      });
      const all = bundle(base, migration('20260102000000_catch', up, { transaction: false }));
      const proxy = await startCuttingProxy(testServer());
      try {
        for (let query = 3, isCut = true; isCut; query++) {
          for (const moment of ['before', 'after'] as const) {
            const database = await createDatabase('caught');
            await migrate(database, bundle(base));
            proxy.strikeAt({ query, moment });
            const login = { ...database, host: '127.0.0.1', port: proxy.port };
            isCut = (await migrate(login, all)).status === 'failed';
            proxy.strikeAt(undefined);
            if (isCut) {
              const resumed = await migrate(database, all, { fenceWaitSeconds: 10 });
              expect(resumed).not.toMatchObject({ status: 'failed' });
            }
            expect(await database.query('SELECT * FROM base ORDER BY id')).toEqual([
              { id: 1, there: null, after: null },
              { id: 2, there: null, after: 3 },
            ]);
          }
        }
      } finally {
        await proxy.close();
      }
    },
    60_000,
  );
});

interface Caught extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sql?: string;
}

async function unless(work: PromiseLike<unknown>, expected: (error: Caught) => boolean) {
  try {
    await work;
  } catch (error) {
    if (!expected(error as Caught)) throw error;
  }
}
