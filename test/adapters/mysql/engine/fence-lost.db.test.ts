import type { Knex } from 'knex';
import type { RowDataPacket } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { fenceName } from '../../../../src/adapters/mysql/locks/fence-name.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

const BASE = [
  'CREATE TABLE things (id INT PRIMARY KEY, n INT NOT NULL DEFAULT 0)',
  'INSERT INTO things (id) VALUES (1), (2)',
  'CREATE PROCEDURE does_nothing() DO 0',
  'CREATE PROCEDURE let_go() DO RELEASE_ALL_LOCKS()',
  'CREATE FUNCTION let_go_of_all() RETURNS INT NOT DETERMINISTIC NO SQL RETURN RELEASE_ALL_LOCKS()',
];

/** Ways in which the migrating session loses the fence; `fence` is its name. */
const LOSSES: Readonly<Record<string, (knex: Knex, fence: string) => Promise<unknown>>> = {
  'SELECT RELEASE_ALL_LOCKS()': (knex) => knex.raw('SELECT RELEASE_ALL_LOCKS()'),
  'DO RELEASE_ALL_LOCKS()': (knex) => knex.raw('DO RELEASE_ALL_LOCKS()'),
  'SET @a = RELEASE_ALL_LOCKS()': (knex) => knex.raw('SET @a = RELEASE_ALL_LOCKS()'),
  'RELEASE_LOCK by name': (knex, fence) => knex.raw('SELECT RELEASE_LOCK(?)', [fence]),
  'a procedure that releases all locks': (knex) => knex.raw('CALL let_go()'),
  'a function that releases all locks': (knex) => knex.raw('SELECT let_go_of_all()'),
  'an update that calls such a function': (knex) =>
    knex.raw('UPDATE things SET n = let_go_of_all() WHERE id = 1'),
  'a prepared statement': async (knex) => {
    await knex.raw("PREPARE p FROM 'DO RELEASE_ALL_LOCKS()'");
    await knex.raw('EXECUTE p');
  },
};

/** The step after the loss, or none. */
const FOLLOWING: Readonly<Record<string, (knex: Knex) => Promise<unknown>>> = {
  'a write': (knex) => knex('things').increment('n', 10),
  'a changed table': (knex) => knex.raw('ALTER TABLE things ADD COLUMN later INT'),
  'a procedure': (knex) => knex.raw('CALL does_nothing()'),
  nothing: async () => {},
};

async function prepared(): Promise<TestDatabase> {
  const database = await createDatabase('fence_lost');
  const connection = await database.multiConnection();
  await connection.query('CREATE TABLE other (id INT)');
  const root = await testServer().rootConnection();
  await root.changeUser({ database: database.database });
  for (const sql of BASE) await root.query(sql);
  await root.end();
  return database;
}

/** The state that a later runner and plain Knex would find. */
async function left(database: TestDatabase) {
  const [recorded, locks, things] = await Promise.all([
    database.query('SELECT name FROM knex_migrations'),
    database.query('SELECT is_locked FROM knex_migrations_lock'),
    database.query('SELECT id, n FROM things ORDER BY id'),
  ]);
  return { recorded, isLocked: locks.some((row) => row.is_locked !== 0), things };
}

describe.each(Object.keys(LOSSES))('a migration that releases the fence by %s', (how) => {
  it.each(
    Object.keys(FOLLOWING).flatMap((what) =>
      [true, false].map((transaction) => ({ what, transaction })),
    ),
  )(
    'a migration that releases the fence fails with FenceLost and records nothing if $what follows (transaction: $transaction)',
    async ({ what, transaction }) => {
      const database = await prepared();
      const file = (isCorrected: boolean) =>
        bundle(
          migration(
            '20260101000000_lets_go',
            async (knex) => {
              await knex.raw('ALTER TABLE things ADD COLUMN before_it INT');
              await knex('things').where('id', 2).increment('n', 1);
              if (!isCorrected) await LOSSES[how]?.(knex, fenceName(database.database));
              await FOLLOWING[what]?.(knex);
            },
            { transaction, source: String(isCorrected) },
          ),
        );
      const lost = await migrate(database, file(false));
      expect(lost).toMatchObject({
        status: 'failed',
        failure: { code: 'FenceLost', retryable: false },
      });
      expect(await left(database)).toMatchObject({ recorded: [], isLocked: false });

      const again = await migrate(database, file(false));
      expect(again.status).toBe('failed');
      expect((again as { failure?: { code: string } }).failure?.code).toMatch(
        /^(FenceLost|HalfApplied)$/,
      );
      expect(await left(database)).toMatchObject({ recorded: [], isLocked: false });

      const corrected = await migrate(database, file(true));
      if (corrected.status === 'failed') {
        expect(corrected.failure.code).toBe('HalfApplied');
        return;
      }
      const more = what === 'a write' ? 10 : 0;
      const { things, recorded } = await left(database);
      expect(recorded).toHaveLength(1);
      expect(things).toEqual([
        { id: 1, n: more },
        { id: 2, n: 1 + more },
      ]);
    },
    60_000,
  );
});

describe('a session that another session kills', () => {
  it.each(
    ['KILL CONNECTION', 'KILL'].flatMap((kill) =>
      [true, false].map((transaction) => ({ kill, transaction })),
    ),
  )(
    'a session that is killed with $kill fails with FenceLost, is retryable, and completes correctly (transaction: $transaction)',
    async ({ kill, transaction }) => {
      const database = await prepared();
      let isKilled = false;
      const list = bundle(
        migration(
          '20260101000000_is_killed',
          async (knex) => {
            await knex.raw('ALTER TABLE things ADD COLUMN before_it INT');
            await knex('things').increment('n', 1);
            if (!isKilled) {
              isKilled = true;
              const root = await testServer().rootConnection();
              const [sessions] = await root.query<RowDataPacket[]>('SELECT IS_USED_LOCK(?) AS id', [
                fenceName(database.database),
              ]);
              await root.query(`${kill} ${Number(sessions[0]?.id)}`);
              await root.end();
            }
            await knex('things').increment('n', 10);
            await knex.raw('ALTER TABLE things ADD COLUMN after_it INT');
          },
          { transaction },
        ),
      );
      expect(await migrate(database, list)).toMatchObject({
        status: 'failed',
        failure: { code: 'FenceLost', retryable: true },
      });
      expect((await left(database)).recorded).toEqual([]);
      expect(await migrate(database, list, { fenceWaitSeconds: 10 })).toMatchObject({
        status: 'migrated',
      });
      expect(await left(database)).toMatchObject({
        isLocked: false,
        things: [
          { id: 1, n: 11 },
          { id: 2, n: 11 },
        ],
      });
    },
  );
});
