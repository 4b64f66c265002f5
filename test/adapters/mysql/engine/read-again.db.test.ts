import type { Knex } from 'knex';
import { describe } from 'vitest';
import { type ChaosCase, one } from '../../../chaos/differential/chaos-case.ts';
import { type Fair, itHoldsAtEveryPoint } from './it-holds-at-every-point.ts';

/** A table with more rows than the journal stores of an answer (64 KiB). */
const BASE = [
  'CREATE TABLE big (id INT PRIMARY KEY, body VARCHAR(4000), n INT NOT NULL DEFAULT 0, KEY by_n (n))',
  "INSERT INTO big (id, body) SELECT a.n * 6 + b.n, REPEAT('x', 3000) FROM (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) a, (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6) b",
  'CREATE TABLE copies (id INT PRIMARY KEY, body VARCHAR(4000))',
  'CREATE VIEW shown AS SELECT id, body FROM big',
  'CREATE PROCEDURE all_of_it() READS SQL DATA SELECT * FROM big',
];

type Up = (knex: Knex) => Promise<unknown>;
type Row = { id: number; body: string };

/** Reads rows, copies them, changes their source, and does one more step. */
function reads(
  read: (knex: Knex) => PromiseLike<readonly Row[]>,
  thenChange: string | Up,
): (knex: Knex) => Promise<void> {
  return async (knex) => {
    const rows = await read(knex);
    await knex.batchInsert(
      'copies',
      rows.map(({ id, body }) => ({ id, body })),
      20,
    );
    if (typeof thenChange === 'string') await knex.raw(thenChange);
    else await thenChange(knex);
    await knex.raw('ALTER TABLE copies ADD COLUMN done INT');
    await knex('copies').update({ done: 1 });
  };
}

const fromBig = (knex: Knex): PromiseLike<Row[]> => knex('big').select('id', 'body').orderBy('id');
const raw =
  (sql: string) =>
  async (knex: Knex): Promise<Row[]> => {
    const [rows] = await knex.raw(sql);
    return rows;
  };

const CASES: readonly (readonly [string, (knex: Knex) => Promise<void>])[] = [
  ['its column is dropped', reads(fromBig, 'ALTER TABLE big DROP COLUMN body')],
  ['its column is renamed', reads(fromBig, 'ALTER TABLE big RENAME COLUMN body TO text')],
  ['its column has another type', reads(fromBig, 'ALTER TABLE big MODIFY body TEXT')],
  ['its column has shorter values', reads(fromBig, "UPDATE big SET body = 'short'")],
  ['its rows are deleted', reads(fromBig, 'DELETE FROM big')],
  ['one of its rows is deleted', reads(fromBig, 'DELETE FROM big WHERE id = 7')],
  ['its table is emptied', reads(fromBig, 'TRUNCATE TABLE big')],
  ['its table is dropped', reads(fromBig, 'DROP TABLE big')],
  ['its table is renamed', reads(fromBig, 'RENAME TABLE big TO old_big')],
  [
    'its table is dropped and made anew',
    reads(fromBig, async (knex) => {
      await knex.raw('DROP TABLE big');
      await knex.raw('CREATE TABLE big (id INT PRIMARY KEY, body INT)');
    }),
  ],
  [
    'the index that it names is dropped',
    reads(raw('SELECT id, body FROM big FORCE INDEX (by_n) ORDER BY id'), 'DROP INDEX by_n ON big'),
  ],
  ['its view is dropped', reads(raw('SELECT id, body FROM shown ORDER BY id'), 'DROP VIEW shown')],
  [
    'the table of its view loses the column',
    reads(raw('SELECT id, body FROM shown ORDER BY id'), 'ALTER TABLE big DROP COLUMN body'),
  ],
  [
    'a column is added beside it',
    reads(raw('SELECT * FROM big ORDER BY id'), 'ALTER TABLE big ADD COLUMN more INT'),
  ],
  [
    'its rows are changed one by one',
    reads(fromBig, async (knex) => {
      for (const id of [1, 2, 3])
        await knex('big')
          .where({ id })
          .update({ body: `new ${id}` });
    }),
  ],
  [
    'it is read twice, before and after the change',
    reads(fromBig, async (knex) => {
      await knex('big').update({ n: 1 });
      await knex('big').select('id', 'n', 'body').orderBy('id');
      await knex.raw('ALTER TABLE big DROP COLUMN n');
    }),
  ],
  [
    'the migration throws by itself if its rows are gone',
    reads(async (knex) => {
      const rows = await fromBig(knex);
      if (rows.length === 0) throw new Error('nothing to copy');
      return rows;
    }, 'DELETE FROM big'),
  ],
  [
    'the migration throws by itself if its column is gone',
    reads(async (knex) => {
      const rows = await raw('SELECT * FROM big ORDER BY id')(knex);
      if (rows[0]?.body === undefined) throw new TypeError('body is undefined');
      return rows;
    }, 'ALTER TABLE big DROP COLUMN body'),
  ],
];

/** On MySQL only root can drop a view whose definer is root, also under plain Knex. */
const MARIADB_ONLY = new Set(['its view is dropped']);

describe('a long read whose rows have changed before a later attempt', () => {
  itHoldsAtEveryPoint(
    (name) => `ends right or with a label at every packet if ${name}`,
    CASES.flatMap(([name, up]): (ChaosCase & Fair)[] => {
      const of = {
        base: BASE,
        points: ['labelled'],
        ...(MARIADB_ONLY.has(name) && { servers: ['mariadb'] }),
      } satisfies Partial<ChaosCase & Fair>;
      return [
        { ...of, name, migrations: one(up) },
        {
          ...of,
          name: `${name}, without a transaction`,
          migrations: one(up, { transaction: false }),
        },
      ];
    }),
  );
});
