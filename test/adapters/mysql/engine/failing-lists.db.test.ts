import type { Knex } from 'knex';
import { beforeAll, expect, it } from 'vitest';
import { IN_FULL } from '../../../chaos/support/form.ts';
import { seededRandom } from '../../../chaos/support/seeded-random.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { plainKnex } from '../../../support/plain-knex.ts';

type Step = (knex: Knex, mark: string) => unknown;

const insert: Step = (knex, mark) => knex('notes').insert({ mark });
const duplicate: Step = (knex) => knex('notes').insert([{ id: 1, mark: 'twice' }]);
const broken: Step = (knex) => knex.raw('SELECT broken');
const caught =
  (step: Step): Step =>
  async (knex, mark) => {
    try {
      await step(knex, mark);
    } catch {}
  };
const both =
  (...steps: readonly Step[]): Step =>
  async (knex, mark) => {
    for (const step of steps) await step(knex, mark);
  };
const sql =
  (text: string): Step =>
  (knex) =>
    knex.raw(text);

/** Steps of a migration, whether it has a transaction or not. */
const STEPS: Readonly<Record<string, Step>> = {
  nothing: () => {},
  insert,
  'two inserts': both(insert, insert),
  update: (knex, mark) => knex('notes').where({ id: 1 }).update({ mark }),
  read: (knex) => knex('notes').select(),
  'a table': (knex, mark) => knex.raw('CREATE TABLE IF NOT EXISTS ?? (a INT)', [`t_${mark}`]),
  'a variable': sql('SET @a = 1'),
  'a procedure': sql('CALL add_note()'),
  'a transaction': (knex, mark) =>
    knex.transaction(async (trx) => {
      await insert(trx, mark);
    }),
  'a transaction that is rolled back': caught((knex, mark) =>
    knex.transaction(async (trx) => {
      await insert(trx, mark);
      throw new Error('rolled back');
    }),
  ),
  'a caught error': caught(broken),
  'a caught duplicate': caught(duplicate),
};

/** Words about transactions and locks, which only a migration without a transaction says. */
const BARE_STEPS: Readonly<Record<string, Step>> = {
  commit: both(sql('BEGIN'), insert, sql('COMMIT')),
  rollback: both(sql('BEGIN'), insert, sql('ROLLBACK')),
  'locked tables': both(sql('LOCK TABLES notes WRITE'), insert, sql('UNLOCK TABLES')),
  'a read-only transaction': both(
    sql('START TRANSACTION READ ONLY'),
    (knex) => knex('notes').select(),
    sql('COMMIT'),
  ),
};

const FAILURES: Readonly<Record<string, Step>> = {
  throws: () => {
    throw new Error('by itself');
  },
  broken,
  duplicate,
  'a refused table': sql('CREATE TABLE notes (a INT)'),
};

const SEED = 20261130;
const LISTS = IN_FULL ? 600 : 20;
/** One session for all, as under Fanfold. */
const ONE_SESSION = {
  pool: { min: 1, max: 1 },
  log: { warn: () => {}, error: () => {} },
};

let byKnex: TestDatabase;
let byFanfold: TestDatabase;
beforeAll(async () => {
  byKnex = await createDatabase('failing_plain');
  byFanfold = await createDatabase('failing_ours');
});

async function startAnew(database: TestDatabase): Promise<void> {
  const connection = await database.multiConnection();
  const tables = await tablesOf(database);
  if (tables.length > 0) await connection.query(`DROP TABLE ${tables.join(', ')}`);
  await connection.query(
    `CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, mark VARCHAR(50)); INSERT INTO notes VALUES (1, 'first');
     DROP PROCEDURE IF EXISTS add_note; CREATE PROCEDURE add_note() INSERT INTO notes (mark) VALUES ('called')`,
  );
  await connection.end();
}

async function tablesOf({ query }: TestDatabase): Promise<string[]> {
  const rows = await query(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
  );
  return rows.map(({ name }) => String(name));
}

async function found(database: TestDatabase) {
  return {
    tables: (await tablesOf(database)).filter((name) => !name.startsWith('fanfold')),
    marks: await database.query('SELECT mark FROM notes ORDER BY id'),
    records: await database.query('SELECT name FROM knex_migrations ORDER BY id'),
    locks: await database.query('SELECT is_locked FROM knex_migrations_lock'),
  };
}

/** Applies one after the other until one fails, as plain Knex does it with `migrate up`. */
async function upOneByOne(knex: Knex, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    try {
      await knex.migrate.up();
    } catch {
      return;
    }
  }
}

it('a list of migrations of which the last one fails leaves what plain Knex leaves', async () => {
  const random = seededRandom(SEED);
  const below = (count: number) => Math.floor(random() * count);
  const pick = (steps: Readonly<Record<string, Step>>) =>
    Object.entries(steps)[below(Object.keys(steps).length)] as [string, Step];
  for (let list = 0; list < LISTS; list++) {
    const length = 2 + below(3);
    const texts: string[] = [];
    const files = Array.from({ length }, (_, index) => {
      const transaction = below(2) === 0;
      const steps = transaction ? STEPS : { ...STEPS, ...BARE_STEPS };
      const isLast = index === length - 1;
      // A migration that fails before it sends anything meets what the one before it has left open.
      const chosen = Array.from({ length: below(isLast ? 2 : 3) }, () => pick(steps));
      if (isLast) chosen.push(pick(FAILURES));
      texts.push(`${transaction ? 'in a transaction' : 'bare'}: ${chosen.map(([name]) => name)}`);
      const up = async (knex: Knex) => {
        for (const [at, [, step]] of chosen.entries()) await step(knex, `m${index}_${at}`);
      };
      return migration(`2026010100000${index}_list_${list}`, up, { transaction });
    });
    const title = `list ${list} of seed ${SEED}: ${texts.join(' | ')}`;
    await startAnew(byKnex);
    await startAnew(byFanfold);
    const knex = plainKnex(byKnex, bundle(...files), ONE_SESSION);
    await upOneByOne(knex, length);
    await knex.destroy();
    expect(await migrate(byFanfold, bundle(...files)), title).toMatchObject({ status: 'failed' });
    expect(await found(byFanfold), title).toEqual(await found(byKnex));
  }
}, 300_000);
