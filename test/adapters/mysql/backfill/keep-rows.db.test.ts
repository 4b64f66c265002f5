import type { Knex } from 'knex';
import { expect, it, vi } from 'vitest';
import type { Backfill } from '../../../../src/core/backfill/backfill.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { type MigratingOptions, migrate } from '../../../support/migrating.ts';
import { backfill, bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

vi.setConfig({ testTimeout: 120_000 });

const isMariaDb = testServer().flavour === 'mariadb';

const CREATE = migration('20260101000000_create_items', async (knex) => {
  await knex.raw(`CREATE TABLE items (
    part VARCHAR(12) COLLATE utf8mb4_bin NOT NULL, id BIGINT UNSIGNED NOT NULL,
    price DECIMAL(12,4), ratio DOUBLE, share FLOAT, name VARCHAR(60) CHARACTER SET latin1, bits BIT(9),
    kind ENUM('a','b','c'), at TIMESTAMP(3) NULL DEFAULT NULL, day DATETIME(6), raw VARBINARY(20),
    touched TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    doubled DECIMAL(14,4) AS (price * 2) VIRTUAL, PRIMARY KEY (part, id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
});
const ROWS = 700;
/** Those of the kinds a and c. */
const KEPT = 467;
const SEED = Array.from({ length: ROWS }, (_, i) => {
  const [price, ratio, share] = [i % 7 === 0 ? 'NULL' : `${i}.1234`, `${i} / 3e0`, `${i} / 7e0`];
  const at = i % 5 === 0 ? 'NULL' : `FROM_UNIXTIME(${1_761_436_800 + i * 60}.25)`;
  return `('p${i % 13}', ${i}, ${price}, ${ratio}, ${share}, 'Größe ${i % 40}', ${i % 512}, ${1 + (i % 3)}, ${at}, '2026-01-01 00:00:00.${i + 100_000}', X'00${(i % 256).toString(16).padStart(2, '0')}', '2020-01-01')`;
});

async function seeded(): Promise<TestDatabase> {
  const database = await createDatabase('keep_rows');
  await migrate(database, bundle(CREATE));
  await database.query(
    `INSERT INTO items (part, id, price, ratio, share, name, bits, kind, at, day, raw, touched) VALUES ${SEED.join(', ')}`,
  );
  return database;
}

/** Every value of every row, the times of changes by the server included. */
async function contents(database: TestDatabase): Promise<unknown> {
  return database.query(
    'SELECT part, id, price, HEX(CAST(ratio + 0e0 AS CHAR)) AS ratio, CAST(share + 0e0 AS CHAR) AS share, HEX(name) AS name, bits + 0 AS bits, kind, UNIX_TIMESTAMP(at) AS at, day, HEX(raw) AS raw, UNIX_TIMESTAMP(touched) AS touched, doubled FROM items ORDER BY part, id',
  );
}

const UPDATE: Backfill = {
  table: 'items',
  where: "kind <> 'b'",
  batch: 90,
  keep: true,
  update:
    "price = COALESCE(price, 0) + 1, ratio = ratio * 2, share = NULL, name = 'x', bits = bits ^ 511, kind = 'c', at = '2026-10-25 02:30:00', day = NULL, raw = ''",
};
const ROWS_BY_CODE: Backfill = {
  table: 'items',
  batch: 90,
  keep: true,
  rows: async (knex: Knex, keys: unknown[][]) => {
    await knex('items')
      .whereIn(['part', 'id'], keys as never)
      .update({ name: 'y', price: null, day: '2000-01-01' });
  },
};

/** Attempts that each end after a batch, until one is through. */
async function inPieces(
  database: TestDatabase,
  all: ReturnType<typeof bundle>,
  options: MigratingOptions,
) {
  for (let attempts = 1; ; attempts += 1) {
    let asked = 0;
    const attempt = await migrate(database, all, {
      ...options,
      backfills: { pace: () => 1, pause: () => ++asked > 2 },
    });
    if (attempt.status !== 'continue') return { ...attempt, attempts };
  }
}

const FORWARD: MigratingOptions = { phase: 'backfills', runId: 'there' };
const BACK: MigratingOptions = { command: 'rollback', steps: 1, runId: 'back' };

it.each([
  ['an UPDATE', UPDATE],
  ['a function', ROWS_BY_CODE],
])('brings back every value that %s has changed, row for row and in pieces', async (_, does) => {
  const database = await seeded();
  const before = await contents(database);
  const all = bundle(CREATE, backfill('20260102000000_fill', does));
  const there = await inPieces(database, all, FORWARD);
  expect(there).toMatchObject({ status: 'migrated' });
  expect(there.attempts).toBeGreaterThan(2);
  expect(await contents(database)).not.toEqual(before);
  const back = await inPieces(database, all, BACK);
  expect(back).toMatchObject({ status: 'reverted', notes: [{ code: 'KeptRestored' }] });
  expect(await contents(database)).toEqual(before);
  expect(await database.query('SELECT * FROM fanfold_kept')).toEqual([]);
  expect(await database.query("SHOW TABLES LIKE 'fanfold\\_kept\\_%'")).toEqual([]);
  // It may go there and back again.
  expect(await migrate(database, all, FORWARD)).toMatchObject({ status: 'migrated' });
  expect(await migrate(database, all, BACK)).toMatchObject({ status: 'reverted' });
  expect(await contents(database)).toEqual(before);
});

it('leaves rows as they are that were changed or deleted since, and keeps their prior values', async () => {
  const database = await seeded();
  const all = bundle(CREATE, backfill('20260102000000_fill', UPDATE));
  expect(await migrate(database, all, FORWARD)).toMatchObject({ status: 'migrated' });
  const [listed] = await database.query('SELECT name, row_count FROM fanfold_kept');
  expect(Number(listed?.row_count)).toBe(KEPT);
  await database.query("UPDATE items SET name = 'new' WHERE id = 3");
  await database.query('DELETE FROM items WHERE id = 5');
  expect(await migrate(database, all, BACK)).toMatchObject({
    status: 'reverted',
    notes: [{ code: 'KeptNotRestored', message: expect.stringContaining('2 rows of items') }],
  });
  expect(
    await database.query('SELECT id, name, bits + 0 AS bits FROM items WHERE id IN (3, 5, 6)'),
  ).toEqual(
    expect.arrayContaining([
      { id: 3, name: 'new', bits: 3 ^ 511 },
      { id: 6, name: 'Größe 6', bits: 6 },
    ]),
  );
  expect(await database.query(`SELECT id FROM ${listed?.name} ORDER BY id`)).toEqual([
    { id: 3 },
    { id: 5 },
  ]);
});

// MySQL with a binary log lets only administrators create triggers.
it.runIf(isMariaDb)('refuses to keep values beside a trigger that may change others', async () => {
  const database = await seeded();
  await database.query(
    'CREATE TRIGGER changes BEFORE UPDATE ON items FOR EACH ROW SET NEW.name = UPPER(NEW.name)',
  );
  const all = bundle(CREATE, backfill('20260102000000_fill', UPDATE));
  expect(await migrate(database, all, FORWARD)).toMatchObject({
    status: 'failed',
    failure: { code: 'BackfillRefused', message: expect.stringContaining('trigger changes') },
  });
});
