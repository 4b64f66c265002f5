import type { Knex } from 'knex';
import { describe } from 'vitest';
import { type CaseMigration, type ChaosCase, one } from '../../../chaos/differential/chaos-case.ts';
import { type Fair, itHoldsAtEveryPoint } from './it-holds-at-every-point.ts';

const BASE = [
  'CREATE TABLE users (id INT UNSIGNED PRIMARY KEY, email VARCHAR(100) NOT NULL, x INT NOT NULL DEFAULT 0, at DATETIME NULL)',
  "INSERT INTO users VALUES (1, 'a@x', 1, '2024-06-01 12:00:00'), (2, 'b@x', 2, '2025-06-01 12:00:00')",
  'CREATE TABLE orders (id INT UNSIGNED PRIMARY KEY, user INT UNSIGNED)',
  'CREATE TABLE log (id INT PRIMARY KEY, what VARCHAR(100))',
];

type Statement = string | readonly [sql: string, bindings: readonly unknown[]];
interface Options {
  readonly transaction?: boolean;
  /** The original file fails after these statements. */
  readonly fails?: boolean;
}

/** A file with these statements among others, and the same file after a change. */
function changes(
  name: string,
  before: readonly Statement[],
  after: readonly Statement[],
  { transaction = true, fails = false }: Options = {},
): ChaosCase & Fair {
  const file = (statements: readonly Statement[], isBroken: boolean): CaseMigration['up'] => {
    const up = async (knex: Knex) => {
      await knex.raw('ALTER TABLE users ADD COLUMN first INT');
      for (const each of statements) {
        const [sql, bindings] = typeof each === 'string' ? [each, []] : each;
        await knex.raw(sql, bindings as string[]);
      }
      if (isBroken) await knex.raw('INSERT INTO nowhere VALUES (1)');
      await knex.raw('ALTER TABLE users ADD COLUMN last INT');
    };
    // The checksum is that of the text.
    up.toString = () => JSON.stringify([statements, isBroken]);
    return up;
  };
  return {
    name,
    base: BASE,
    migrations: one(file(before, fails), { transaction }),
    changed: one(file(after, false), { transaction }),
    points: ['labelled'],
  };
}

/** The same change for a file that was interrupted and for one that failed. */
function inEveryWay(name: string, before: readonly Statement[], after: readonly Statement[]) {
  return [
    changes(name, before, after),
    changes(`${name}, after a failure`, before, after, { fails: true, transaction: false }),
  ];
}

const date = (year: number) => new Date(Date.UTC(year, 0, 1));
const INDEX = 'ALTER TABLE users ADD INDEX by_it (email)';
const FOREIGN_KEY =
  'ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user) REFERENCES users (id) ON DELETE';

describe('a file that was changed after an interruption never counts as applied with its old effect', () => {
  itHoldsAtEveryPoint(
    (name) => `if what was changed is ${name}`,
    [
      ...inEveryWay(
        'a point in time in the text',
        ["UPDATE users SET at = '2025-01-01 00:00:00'"],
        ["UPDATE users SET at = '2026-01-01 00:00:00'"],
      ),
      ...inEveryWay(
        'a point in time in a binding',
        [['UPDATE users SET at = ?', [date(2025)]]],
        [['UPDATE users SET at = ?', [date(2026)]]],
      ),
      ...inEveryWay(
        'a point in time in a binding that is a text',
        [['INSERT INTO log VALUES (1, ?)', ['2025-01-01T00:00:00Z']]],
        [['INSERT INTO log VALUES (1, ?)', ['2026-01-01T00:00:00Z']]],
      ),
      ...inEveryWay(
        'a point in time in WHERE',
        [['DELETE FROM users WHERE at < ?', [date(2025)]]],
        [['DELETE FROM users WHERE at < ?', [date(2024)]]],
      ),
      ...inEveryWay(
        'a point in time in a default',
        ["ALTER TABLE users ADD COLUMN since DATETIME DEFAULT '2025-01-01 00:00:00'"],
        ["ALTER TABLE users ADD COLUMN since DATETIME DEFAULT '2026-01-01 00:00:00'"],
      ),
      ...inEveryWay(
        'the columns of an index',
        [INDEX],
        ['ALTER TABLE users ADD INDEX by_it (email, x)'],
      ),
      ...inEveryWay(
        'a unique index that is a plain one now',
        ['ALTER TABLE users ADD UNIQUE INDEX by_it (email)'],
        [INDEX],
      ),
      changes(
        'the direction of an index',
        [INDEX],
        ['ALTER TABLE users ADD INDEX by_it (email DESC)'],
      ),
      changes('a prefix of an index', [INDEX], ['ALTER TABLE users ADD INDEX by_it (email(3))']),
      changes('the comment of an index', [INDEX], [`${INDEX} COMMENT 'new'`]),
      ...inEveryWay(
        'CASCADE that is RESTRICT now',
        [`${FOREIGN_KEY} CASCADE`],
        [`${FOREIGN_KEY} RESTRICT`],
      ),
      changes(
        'the column of a foreign key',
        [`${FOREIGN_KEY} CASCADE`],
        [
          'ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (id) REFERENCES users (id) ON DELETE CASCADE',
        ],
      ),
      ...inEveryWay(
        'the condition of a check',
        ['ALTER TABLE users ADD CONSTRAINT small CHECK (x < 10)'],
        ['ALTER TABLE users ADD CONSTRAINT small CHECK (x < 1000)'],
      ),
      ...inEveryWay('an index that is not added any more', [INDEX], []),
      changes('a column that is not added any more', ['ALTER TABLE users ADD COLUMN mid INT'], []),
      ...inEveryWay(
        'the comment of a column',
        ["ALTER TABLE users ADD COLUMN mid INT COMMENT 'old'"],
        ["ALTER TABLE users ADD COLUMN mid INT COMMENT 'new'"],
      ),
      ...inEveryWay(
        "a comment in the statement's text",
        ['UPDATE users SET x = 5'],
        ['/* corrected */ UPDATE users SET x = 5'],
      ),
      changes(
        'a number in a binding',
        [['UPDATE users SET x = ?', [5]]],
        [['UPDATE users SET x = ?', [6]]],
      ),
      changes(
        'the type of a binding',
        [['INSERT INTO log VALUES (1, ?)', ['1.0']]],
        [['INSERT INTO log VALUES (1, ?)', [1]]],
      ),
      ...inEveryWay(
        'one statement more at the end',
        ['UPDATE users SET x = 5'],
        ['UPDATE users SET x = 5', 'UPDATE users SET x = x + 1'],
      ),
      ...inEveryWay(
        'one statement more at the beginning',
        ['UPDATE users SET x = 5'],
        ['INSERT INTO log VALUES (9, NULL)', 'UPDATE users SET x = 5'],
      ),
      changes(
        'the order of two statements',
        ['UPDATE users SET x = x + 1', 'UPDATE users SET x = x * 2'],
        ['UPDATE users SET x = x * 2', 'UPDATE users SET x = x + 1'],
      ),
      changes(
        'the columns of a table',
        ['CREATE TABLE made (id INT PRIMARY KEY, a INT)'],
        ['CREATE TABLE made (id INT PRIMARY KEY, a BIGINT)'],
      ),
      changes(
        'the query of a view',
        ['CREATE VIEW seen AS SELECT id FROM users'],
        ['CREATE VIEW seen AS SELECT id, email FROM users'],
      ),
      changes(
        'the body of a trigger',
        ['CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET NEW.x = 1'],
        ['CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET NEW.x = 2'],
      ),
    ],
  );
});

let attempts = 0;

describe('an unchanged file', () => {
  itHoldsAtEveryPoint(
    (name) => `is resumed to the end if it ${name}`,
    [
      {
        name: 'writes down when it ran, in bindings and in the text',
        base: BASE,
        random: ['log.what', 'users.at'],
        ends: 'right',
        migrations: one(async (knex) => {
          attempts++;
          const now = new Date(Date.UTC(2026, 0, 1, 0, 0, attempts % 50));
          await knex('users').update({ at: now });
          await knex.raw('ALTER TABLE users ADD COLUMN first INT');
          await knex.raw(`INSERT INTO log VALUES (1, '${now.toISOString()}')`);
          await knex.raw('ALTER TABLE users ADD COLUMN last INT');
        }),
      },
    ],
  );
});
