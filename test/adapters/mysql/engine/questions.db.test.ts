import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ChaosCase, one } from '../../../chaos/differential/chaos-case.ts';
import { byTurns } from '../../../chaos/support/form.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { plainKnex } from '../../../support/plain-knex.ts';
import { type Fair, itHoldsAtEveryPoint } from './it-holds-at-every-point.ts';

const BASE = [
  'CREATE TABLE things (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) UNIQUE, n TINYINT NOT NULL DEFAULT 0)',
  "INSERT INTO things (a) VALUES ('one'), ('two'), ('three')",
  'CREATE TABLE log (what VARCHAR(200))',
];

/** Statements about which a later query can ask. */
const STATEMENTS = [
  'UPDATE things SET n = n + 1 WHERE id < 3',
  'UPDATE things SET n = 0 WHERE id = 99',
  "INSERT INTO things (a) VALUES ('four'), ('five')",
  "INSERT IGNORE INTO things (a) VALUES ('one'), ('six')",
  "INSERT INTO things (a) VALUES ('one') ON DUPLICATE KEY UPDATE n = 7",
  "INSERT INTO things (a) VALUES ('one')",
  'UPDATE things SET n = LAST_INSERT_ID(n + 41) WHERE id = 1',
  'DELETE FROM things WHERE id = 2',
  'SELECT id FROM things ORDER BY id LIMIT 2',
  'SELECT SQL_CALC_FOUND_ROWS id FROM things ORDER BY id LIMIT 1',
  "SELECT CAST('12x' AS SIGNED) AS n",
  'SELECT * FROM nowhere',
  'ALTER TABLE things ADD COLUMN more INT',
  'DROP TABLE IF EXISTS nowhere',
  "SET @a = 'a variable'",
];

const QUESTIONS = [
  'SELECT ROW_COUNT() AS answer',
  'SELECT FOUND_ROWS() AS answer',
  'SELECT LAST_INSERT_ID() AS answer',
  'SELECT @@identity AS answer',
  'SELECT @@warning_count AS answer',
  'SELECT @@error_count AS answer',
  'SHOW WARNINGS',
  'SHOW ERRORS',
  'SHOW COUNT(*) WARNINGS',
  'SHOW COUNT(*) ERRORS',
  'GET DIAGNOSTICS @answer = ROW_COUNT',
  'GET DIAGNOSTICS @answer = NUMBER',
  'SET @answer = ROW_COUNT()',
  'INSERT INTO log VALUES (ROW_COUNT())',
  'INSERT INTO log VALUES (FOUND_ROWS())',
  'INSERT INTO log VALUES (LAST_INSERT_ID())',
  'INSERT INTO log VALUES (@@warning_count)',
  'INSERT INTO log SELECT ROW_COUNT()',
];

/** Sends a statement, waits, asks a question, and returns the answer. */
async function ask(knex: Knex, statement: string, question: string, waitMs: number) {
  // Taking the locks generates ids in the same session, under Knex as well as Fanfold.
  await knex.raw('SELECT LAST_INSERT_ID(77)');
  await knex.raw(statement).catch(() => {});
  if (waitMs > 0) await sleep(waitMs);
  const [rows] = await knex.raw(question);
  const [[variable]] = await knex.raw('SELECT @answer AS answer');
  const logged = await knex('log').select('what');
  return JSON.stringify([Array.isArray(rows) ? rows : '', variable.answer, logged]);
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase('questions');
  const connection = await database.multiConnection();
  await connection.query(BASE.join(';\n'));
  await connection.end();
  await migrate(database, bundle(migration('20250101000000_first', () => {})));
});

async function startAnew(): Promise<void> {
  const connection = await database.multiConnection();
  const [things = '', rows = ''] = BASE;
  await connection.query(
    ['DROP TABLE IF EXISTS things', things, rows, 'DELETE FROM log'].join(';\n'),
  );
  // Creating the tables again would take longer than everything else.
  for (const table of ['knex_migrations', 'fanfold_journal']) {
    await connection.query(`DELETE FROM ${table}`);
  }
  await connection.end();
}

describe.each([
  { transaction: true, waitMs: 0 },
  { transaction: false, waitMs: 0 },
  { transaction: true, waitMs: 50 },
  { transaction: false, waitMs: 50 },
])(
  'a question about the previous statement, with transaction: $transaction, $waitMs ms after its answer',
  ({ transaction, waitMs }) => {
    // The delay has the same effect after all statements.
    it.each(byTurns(byTurns(STATEMENTS)).filter((_, index) => waitMs === 0 || index % 4 === 0))(
      'a question about the previous statement is answered as under plain Knex or refused by name after %s',
      async (statement) => {
        const unfair: string[] = [];
        for (const question of QUESTIONS) {
          await startAnew();
          // A separate connection, as a run of migrations has.
          const alone = plainKnex(database, bundle(), { pool: { min: 0, max: 1 } });
          const asking = (on: Knex) => ask(on, statement, question, 0);
          const wanted = await (transaction ? alone.transaction(asking) : asking(alone)).catch(
            (error: { errno?: number }) => `error ${error.errno}`,
          );
          await alone.destroy();
          await startAnew();
          let found = 'nothing';
          const attempt = await migrate(
            database,
            bundle(
              migration(
                '20260101000000_asks',
                async (on) => {
                  found = await ask(on, statement, question, waitMs).catch(
                    (error: { errno?: number; code?: string }) => {
                      found =
                        error.errno === undefined ? String(error.code) : `error ${error.errno}`;
                      throw error;
                    },
                  );
                },
                { transaction },
              ),
            ),
          );
          const isRefused =
            attempt.status === 'failed' && attempt.failure.code === 'StatementAsksTooLate';
          if (isRefused || found === wanted) continue;
          unfair.push(`${question}: ${found} instead of ${wanted} (${attempt.status})`);
        }
        expect(unfair).toEqual([]);
      },
      120_000,
    );
  },
);

describe('a question about the previous statement', () => {
  const asks = (statement: string, question: string, transaction: boolean): ChaosCase & Fair => ({
    name: `${question} after ${statement}${transaction ? '' : ', without a transaction'}`,
    base: [...BASE, 'CREATE TABLE other (id INT)'],
    points: ['labelled'],
    clean: /^(?:right|failed: StatementAsksTooLate)/,
    migrations: one(
      async (knex) => {
        await knex.raw(
          'CREATE TABLE made (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) UNIQUE, n INT)',
        );
        await knex.raw("INSERT INTO made (a) VALUES ('x'), ('y')");
        await knex.raw('ALTER TABLE other ADD COLUMN a INT');
        await knex.raw(statement);
        const [rows] = await knex.raw(question);
        if (Array.isArray(rows)) await knex('log').insert({ what: JSON.stringify(rows) });
        await knex.raw('ALTER TABLE other ADD COLUMN b INT');
        await knex.raw('INSERT INTO log VALUES (@answer)');
        await knex.raw('ALTER TABLE other ADD COLUMN c INT');
      },
      { transaction },
    ),
  });
  const UPDATE = 'UPDATE things SET n = n + 1';
  const INSERT = "INSERT INTO made (a) VALUES ('z')";
  const WARNS = "INSERT IGNORE INTO made (a) VALUES ('x'), ('v')";
  itHoldsAtEveryPoint(
    (name) => `is answered right or labelled when it is resumed: ${name}`,
    [true, false].flatMap((transaction) => [
      asks(UPDATE, 'SELECT ROW_COUNT() AS answer', transaction),
      asks(UPDATE, 'INSERT INTO log VALUES (ROW_COUNT())', transaction),
      asks(UPDATE, 'SET @answer = ROW_COUNT()', transaction),
      asks(UPDATE, 'GET DIAGNOSTICS @answer = ROW_COUNT', transaction),
      asks(INSERT, 'SELECT LAST_INSERT_ID() AS answer', transaction),
      asks(INSERT, 'SELECT @@identity AS answer', transaction),
      asks(INSERT, 'SET @answer = LAST_INSERT_ID()', transaction),
      asks(INSERT, 'INSERT INTO log VALUES (@@last_insert_id)', transaction),
      asks(
        'UPDATE made SET n = LAST_INSERT_ID(id + 70) WHERE id = 1',
        'UPDATE things SET n = LAST_INSERT_ID()',
        transaction,
      ),
      asks(
        'SELECT SQL_CALC_FOUND_ROWS id FROM made LIMIT 1',
        'SELECT FOUND_ROWS() AS answer',
        transaction,
      ),
      asks(WARNS, 'SELECT @@warning_count AS answer', transaction),
      asks(WARNS, 'SHOW COUNT(*) WARNINGS', transaction),
      asks('ALTER TABLE things ADD COLUMN more INT', 'SELECT ROW_COUNT() AS answer', transaction),
    ]),
  );
});
