import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import type { Backfill } from '../../../../src/core/backfill/backfill.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { type MigratingOptions, migrate } from '../../../support/migrating.ts';
import { backfill, bundle } from '../../../support/migrations.ts';

const ROWS = 240;

async function filled(...statements: string[]): Promise<TestDatabase> {
  const database = await createDatabase('cases');
  for (const sql of statements) await database.query(sql);
  return database;
}

function run(database: TestDatabase, does: Backfill, options: MigratingOptions = {}) {
  const all = bundle(backfill('20260101000000_fill', { batch: 25, ...does } as Backfill));
  return migrate(database, all, {
    phase: 'backfills',
    backfills: { pace: () => 1 },
    ...options,
  });
}

const values = (row: (i: number) => string) =>
  Array.from({ length: ROWS }, (_, i) => `(${row(i)})`).join(', ');

// Shapes that other people's tools have met, by their issues.
describe('a backfill', () => {
  it('walks random UUIDs as a key, of text and of bytes (safe-pg-migrations issue 3)', async () => {
    const uuids = Array.from({ length: ROWS }, () => randomUUID());
    const database = await filled(
      'CREATE TABLE texts (id CHAR(36) PRIMARY KEY, n INT DEFAULT 0)',
      'CREATE TABLE bytes (id BINARY(16) PRIMARY KEY, n INT DEFAULT 0)',
      `INSERT INTO texts (id) VALUES ${values((i) => `'${uuids[i]}'`)}`,
      `INSERT INTO bytes (id) VALUES ${values((i) => `X'${uuids[i]?.replaceAll('-', '')}'`)}`,
    );
    for (const table of ['texts', 'bytes']) {
      const all = bundle(backfill(`2026_${table}`, { table, batch: 25, update: 'n = n + 1' }));
      const attempt = await migrate(database, all, { phase: 'backfills', allowMissing: true });
      expect(attempt).toMatchObject({ status: 'migrated' });
      expect(await database.query(`SELECT DISTINCT n FROM ${table}`)).toEqual([{ n: 1 }]);
    }
  });

  it('walks the key of a join table, in which most rows share the first column (rails/rails#47901)', async () => {
    const database = await filled(
      'CREATE TABLE members (shop INT, person INT, n INT DEFAULT 0, PRIMARY KEY (shop, person))',
      `INSERT INTO members (shop, person) VALUES ${values((i) => `${i < 200 ? 7 : i}, ${i}`)}`,
    );
    const does = { table: 'members', update: 'n = n + 1' };
    expect(await run(database, does)).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT DISTINCT n FROM members')).toEqual([{ n: 1 }]);
  });

  it('meets the last row, also the newest of an AUTO_INCREMENT (pt-archiver leaves it)', async () => {
    const database = await filled(
      'CREATE TABLE logs (id INT AUTO_INCREMENT PRIMARY KEY, n INT DEFAULT 0)',
      `INSERT INTO logs (n) VALUES ${values(() => '0')}`,
    );
    expect(await run(database, { table: 'logs', update: 'n = 1' })).toMatchObject({
      status: 'migrated',
      applied: [{ rowsChanged: ROWS }],
    });
    expect(await database.query('SELECT n FROM logs ORDER BY id DESC LIMIT 1')).toEqual([{ n: 1 }]);
  });

  it('keeps its place if the first batch after a resume fails (Shopify/maintenance_tasks#1036)', async () => {
    const database = await filled(
      'CREATE TABLE tasks (id INT PRIMARY KEY, n INT DEFAULT 0)',
      `INSERT INTO tasks (id) VALUES ${values((i) => `${i}`)}`,
    );
    const failsAt = { id: 100 };
    const does: Backfill = {
      table: 'tasks',
      rows: async (knex: Knex, ids: number[]) => {
        if (ids.includes(failsAt.id)) throw new Error('not now');
        await knex('tasks').whereIn('id', ids).increment('n', 1);
      },
    };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await run(database, does)).toMatchObject({ status: 'failed' });
    }
    failsAt.id = -1;
    expect(await run(database, does)).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT DISTINCT n FROM tasks')).toEqual([{ n: 1 }]);
  });

  it('progresses if it is interrupted after every single batch (Shopify/job-iteration#366)', async () => {
    const database = await filled(
      'CREATE TABLE jobs (id INT PRIMARY KEY, n INT DEFAULT 0)',
      `INSERT INTO jobs (id) VALUES ${values((i) => `${i}`)}`,
    );
    for (let attempts = 1; ; attempts += 1) {
      let asked = 0;
      const attempt = await run(
        database,
        { table: 'jobs', update: 'n = n + 1' },
        { backfills: { pace: () => 1, pause: () => ++asked > 1 } },
      );
      if (attempt.status === 'continue' && attempts < 30) continue;
      expect(attempt).toMatchObject({ status: 'migrated' });
      break;
    }
    expect(await database.query('SELECT DISTINCT n FROM jobs')).toEqual([{ n: 1 }]);
  });

  it('gives each row a value of its own from the server, and fills from another table (apache/airflow#49015)', async () => {
    const database = await filled(
      'CREATE TABLE shops (id INT PRIMARY KEY, city VARCHAR(20))',
      "INSERT INTO shops VALUES (0, 'Rome'), (1, 'Oslo'), (2, NULL)",
      'CREATE TABLE orders (id INT PRIMARY KEY, shop INT, city VARCHAR(20), token CHAR(36))',
      `INSERT INTO orders (id, shop) VALUES ${values((i) => `${i}, ${i % 4}`)}`,
    );
    const does = {
      table: 'orders',
      where: 'token IS NULL',
      update: 'token = UUID(), city = (SELECT s.city FROM shops AS s WHERE s.id = orders.shop)',
    };
    expect(await run(database, does)).toMatchObject({ status: 'migrated' });
    expect(
      await database.query(
        'SELECT COUNT(DISTINCT token) AS tokens, COUNT(city) AS cities FROM orders',
      ),
    ).toEqual([{ tokens: ROWS, cities: ROWS / 2 }]);
  });
});
