import type { Knex } from 'knex';
import { describe } from 'vitest';
import { type ChaosCase, one } from '../../../chaos/differential/chaos-case.ts';
import { type Fair, itHoldsAtEveryPoint } from './it-holds-at-every-point.ts';

const BASE = [
  'CREATE TABLE people (name VARCHAR(20) PRIMARY KEY)',
  "INSERT INTO people VALUES ('Ann'), ('Bob'), ('Cid')",
  'CREATE TABLE other (id INT PRIMARY KEY)',
];

const MADE = 'CREATE TABLE made (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) UNIQUE, n INT)';

type Fill = (knex: Knex) => Promise<unknown>;

/** Creates a table, fills it, changes another one, and fills it again; the connection can be cut in every part. */
function filling(fill: Fill, create = MADE): Fill {
  return async (knex) => {
    await knex.raw(create);
    await knex.raw("INSERT INTO made (a) VALUES ('first')");
    await fill(knex);
    await knex.raw('ALTER TABLE other ADD COLUMN x INT');
    await knex.raw("INSERT INTO made (a) VALUES ('last'), ('very last')");
    await knex.raw('INSERT INTO other (id, x) SELECT id, n FROM made');
    await knex.raw('ALTER TABLE other ADD COLUMN y INT');
  };
}

const FILLS: Readonly<Record<string, Fill>> = {
  'are those of single rows': async (knex) => {
    for (const a of ['b', 'c', 'd']) await knex('made').insert({ a });
  },
  'are those of several rows at once': (knex) =>
    knex('made').insert(['b', 'c', 'd'].map((a) => ({ a }))),
  'are those of batches': (knex) =>
    knex.batchInsert(
      'made',
      ['b', 'c', 'd', 'e', 'f'].map((a) => ({ a })),
      2,
    ),
  'skip what INSERT IGNORE has counted': (knex) =>
    knex.raw("INSERT IGNORE INTO made (a) VALUES ('first'), ('b'), ('first'), ('c')"),
  'skip what ON DUPLICATE KEY UPDATE has counted': async (knex) => {
    await knex.raw("INSERT INTO made (a) VALUES ('first') ON DUPLICATE KEY UPDATE n = 5");
    await knex.raw("INSERT INTO made (a) VALUES ('b'), ('first') ON DUPLICATE KEY UPDATE n = 6");
  },
  'skip what REPLACE has counted': (knex) =>
    knex.raw("REPLACE INTO made (a) VALUES ('first'), ('b')"),
  'skip what INSERT SELECT has reserved': (knex) =>
    knex.raw('INSERT INTO made (a) SELECT name FROM people ORDER BY name'),
  'skip those of a failed insert that the migration catches': async (knex) => {
    await knex.raw("INSERT INTO made (a) VALUES ('b'), ('first')").catch(() => {});
    await knex.raw("INSERT INTO made (a) VALUES ('c')");
  },
  'skip those of a savepoint that was rolled back': async (knex) => {
    await knex
      .transaction(async (trx) => {
        await trx('made').insert([{ a: 'x' }, { a: 'y' }]);
        throw new Error('not these');
      })
      .catch(() => {});
    await knex('made').insert({ a: 'b' });
  },
  'follow one that is given': async (knex) => {
    await knex('made').insert({ id: 50, a: 'b' });
    await knex('made').insert({ a: 'c' });
    await knex('made').insert({ id: 20, a: 'd' });
  },
  'follow one that an update gives': async (knex) => {
    await knex('made').insert({ a: 'b' });
    await knex('made').where({ a: 'b' }).update({ id: 40 });
    await knex('made').insert({ a: 'c' });
  },
  'follow the highest that was deleted': async (knex) => {
    await knex('made').insert([{ a: 'b' }, { a: 'c' }]);
    await knex('made').where({ a: 'c' }).del();
    await knex('made').insert({ a: 'd' });
  },
  'follow a counter that is set': async (knex) => {
    await knex.raw('ALTER TABLE made AUTO_INCREMENT = 300');
    await knex('made').insert({ a: 'b' });
  },
  'are continued in a table that was renamed': async (knex) => {
    await knex.raw('RENAME TABLE made TO renamed');
    await knex.raw("INSERT INTO renamed (a) VALUES ('b'), ('c')");
    await knex.raw('ALTER TABLE renamed RENAME TO made');
    await knex.raw("INSERT INTO made (a) VALUES ('d')");
  },
  'begin anew in a table that was dropped and made again': async (knex) => {
    await knex.raw("INSERT INTO made (a) VALUES ('b'), ('c')");
    await knex.raw('DROP TABLE made');
    await knex.raw(MADE);
    await knex.raw("INSERT INTO made (a) VALUES ('d')");
  },
  'begin anew in a table that was dropped IF EXISTS and made again': async (knex) => {
    await knex.raw("INSERT INTO made (a) VALUES ('b'), ('c')");
    await knex.raw('DROP TABLE IF EXISTS made');
    await knex.raw(MADE);
    await knex.raw("INSERT INTO made (a) VALUES ('d')");
  },
  'begin anew after TRUNCATE': async (knex) => {
    await knex.raw("INSERT INTO made (a) VALUES ('b'), ('c')");
    await knex.raw('TRUNCATE TABLE made');
    await knex.raw("INSERT INTO made (a) VALUES ('d')");
  },
  'are those of a trigger as well': async (knex) => {
    await knex.raw(
      'CREATE TRIGGER of_people AFTER INSERT ON people FOR EACH ROW INSERT INTO made (a) VALUES (NEW.name)',
    );
    await knex.raw("INSERT INTO people VALUES ('Dan'), ('Eve')");
    await knex.raw('DROP TRIGGER of_people');
  },
};

describe('generated ids in a table that the migration created', () => {
  const cases = Object.entries(FILLS).flatMap(([name, fill]) =>
    [true, false].map((transaction): ChaosCase & Fair => ({
      name: transaction ? name : `${name}, without a transaction`,
      base: BASE,
      migrations: one(filling(fill), { transaction }),
      // Nothing shows whether a TRUNCATE ran.
      points: name.includes('TRUNCATE') ? ['labelled'] : [],
    })),
  );
  itHoldsAtEveryPoint(
    (name) => `${name}, whatever packet the migration was cut at`,
    [
      ...cases,
      {
        name: 'begin where the option AUTO_INCREMENT says',
        base: BASE,
        migrations: one(
          filling(
            (knex) => knex('made').insert([{ a: 'b' }, { a: 'c' }]),
            `${MADE} AUTO_INCREMENT = 100`,
          ),
        ),
      },
      {
        name: 'begin at 1 in a copy of a table (LIKE)',
        base: [...BASE, MADE.replace('made', 'model'), "INSERT INTO model (a) VALUES ('x'), ('y')"],
        migrations: one(
          filling((knex) => knex('made').insert({ a: 'b' }), 'CREATE TABLE made LIKE model'),
        ),
      },
    ],
  );
});
