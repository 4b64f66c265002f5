import type { Knex } from 'knex';
import { type CaseMigration, type ChaosCase, one } from '../chaos-case.ts';
import { SHOP } from './bases.ts';

type Up = CaseMigration['up'];

/** A file that somebody changes between the attempt that was stopped and the next. */
function changes(
  name: string,
  before: string | readonly string[],
  after: string | readonly string[],
  options: { readonly transaction?: boolean; readonly fails?: boolean } = {},
): ChaosCase {
  const { transaction = false, fails = false } = options;
  const sending = (statements: string | readonly string[], isFirst: boolean): Up => {
    const up: Up = async (knex) => {
      await knex.raw('ALTER TABLE users ADD COLUMN first INT');
      for (const sql of [statements].flat()) await knex.raw(sql);
      if (isFirst && fails) await knex.raw('INSERT INTO nowhere VALUES (1)');
      await knex.raw('UPDATE users SET first = 1');
      await knex.raw('ALTER TABLE users ADD COLUMN last INT');
    };
    // The checksum follows from the text of the function, which has to tell the two apart.
    up.toString = () => JSON.stringify([statements, isFirst && fails]);
    return up;
  };
  return {
    name: `changed: ${name}`,
    base: SHOP,
    migrations: one(sending(before, true), { transaction }),
    changed: one(sending(after, false), { transaction }),
  };
}

const kids = (rest: string) => [
  'CREATE TABLE kids (id INT PRIMARY KEY, u INT UNSIGNED, a VARCHAR(20), b VARCHAR(20))',
  rest,
];

export const CHANGED_FILES: readonly ChaosCase[] = [
  changes(
    'a time, after a failure',
    "UPDATE orders SET until = '2025-01-01 00:00:00'",
    "UPDATE orders SET until = '2026-01-01 00:00:00'",
    { fails: true },
  ),
  changes(
    'a time in WHERE, after a failure',
    "DELETE FROM orders WHERE until < '2024-01-01 00:00:00'",
    "DELETE FROM orders WHERE until < '2014-01-01 00:00:00'",
    { fails: true },
  ),
  changes(
    'a time',
    "UPDATE orders SET until = '2025-01-01 00:00:00'",
    "UPDATE orders SET until = '2026-01-01 00:00:00'",
  ),
  changes(
    'a date',
    "UPDATE orders SET until = '2025-01-01'",
    "UPDATE orders SET until = '2026-01-01'",
  ),
  changes(
    'a time with T and Z',
    "INSERT INTO log VALUES ('2025-01-01T00:00:00.000Z')",
    "INSERT INTO log VALUES ('2026-01-01T00:00:00.000Z')",
  ),
  changes(
    'a time in a default',
    "ALTER TABLE users ADD COLUMN d DATETIME NOT NULL DEFAULT '2025-01-01 00:00:00'",
    "ALTER TABLE users ADD COLUMN d DATETIME NOT NULL DEFAULT '2026-01-01 00:00:00'",
  ),
  changes('a text', "UPDATE users SET name = 'x'", "UPDATE users SET name = 'y'"),
  changes('a number', 'UPDATE users SET n = n + 1', 'UPDATE users SET n = n + 2'),
  changes(
    'a number, in a transaction',
    'UPDATE users SET n = n + 1',
    'UPDATE users SET n = n + 2',
    { transaction: true },
  ),
  changes(
    'the columns of a unique index',
    'ALTER TABLE users ADD UNIQUE KEY uq (email)',
    'ALTER TABLE users ADD UNIQUE KEY uq (email, first)',
  ),
  changes(
    'unique becomes plain',
    'ALTER TABLE users ADD UNIQUE KEY uq (name)',
    'ALTER TABLE users ADD KEY uq (name)',
  ),
  changes(
    'the length of a prefix',
    'ALTER TABLE users ADD KEY ix (email(10))',
    'ALTER TABLE users ADD KEY ix (email(20))',
  ),
  changes(
    'the order of the columns of an index',
    'CREATE INDEX ix ON users (name, n)',
    'CREATE INDEX ix ON users (n, name)',
  ),
  changes(
    'what a foreign key does',
    kids(
      'ALTER TABLE kids ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id) ON DELETE CASCADE',
    ),
    kids(
      'ALTER TABLE kids ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id) ON DELETE RESTRICT',
    ),
  ),
  changes(
    'a check',
    'ALTER TABLE users ADD CONSTRAINT ck CHECK (n < 10)',
    'ALTER TABLE users ADD CONSTRAINT ck CHECK (n < 1000)',
  ),
  changes(
    'the type of a column',
    'ALTER TABLE users ADD COLUMN c INT',
    'ALTER TABLE users ADD COLUMN c BIGINT',
  ),
  changes(
    'whether a column may be null',
    'ALTER TABLE users ADD COLUMN c INT',
    'ALTER TABLE users ADD COLUMN c INT NOT NULL DEFAULT 5',
  ),
  changes(
    'a comment on a column',
    "ALTER TABLE users ADD COLUMN c INT COMMENT 'one'",
    "ALTER TABLE users ADD COLUMN c INT COMMENT 'two'",
  ),
  changes(
    'the members of an enum',
    "ALTER TABLE users ADD COLUMN c ENUM('a', 'b')",
    "ALTER TABLE users ADD COLUMN c ENUM('a', 'b', 'c')",
  ),
  changes(
    'a column of a table',
    'CREATE TABLE made (id INT PRIMARY KEY, a INT)',
    'CREATE TABLE made (id INT PRIMARY KEY, a BIGINT)',
  ),
  changes(
    'the engine',
    'CREATE TABLE made (id INT PRIMARY KEY)',
    'CREATE TABLE made (id INT PRIMARY KEY) ENGINE=MyISAM',
  ),
  changes(
    'a view',
    'CREATE VIEW v AS SELECT id FROM users',
    'CREATE VIEW v AS SELECT id, name FROM users',
  ),
  changes(
    'a trigger',
    'CREATE TRIGGER tr BEFORE INSERT ON users FOR EACH ROW SET NEW.n = 1',
    'CREATE TRIGGER tr BEFORE INSERT ON users FOR EACH ROW SET NEW.n = 2',
  ),
  changes('a procedure', 'CREATE PROCEDURE p() SELECT 1', 'CREATE PROCEDURE p() SELECT 2'),
  changes('the new name', 'RENAME TABLE log TO logs', 'RENAME TABLE log TO journal'),
  changes(
    'the new name of a column',
    'ALTER TABLE users RENAME COLUMN n TO m',
    'ALTER TABLE users RENAME COLUMN n TO k',
  ),
  changes(
    'the order of two statements',
    ['UPDATE users SET n = n + 1', 'UPDATE users SET n = n * 2'],
    ['UPDATE users SET n = n * 2', 'UPDATE users SET n = n + 1'],
  ),
  changes('a statement more at the end', 'ALTER TABLE users ADD COLUMN c INT', [
    'ALTER TABLE users ADD COLUMN c INT',
    'UPDATE users SET c = 1',
  ]),
  changes(
    'a statement less',
    ['ALTER TABLE users ADD COLUMN c INT', 'UPDATE users SET n = 5'],
    'ALTER TABLE users ADD COLUMN c INT',
  ),
  changes('a statement more in front', 'UPDATE users SET n = n + 1', [
    'UPDATE users SET n = n * 3',
    'UPDATE users SET n = n + 1',
  ]),
  changes(
    'nothing but a comment',
    'UPDATE users SET n = n + 1',
    'UPDATE users SET n = n + 1 -- corrected',
  ),
  {
    name: 'changed: what is bound',
    base: SHOP,
    migrations: one(
      async (knex: Knex) => {
        await knex.schema.alterTable('users', (t) => t.dateTime('at'));
        await knex('users').update({ at: new Date('2025-01-01T00:00:00Z') });
        await knex.schema.alterTable('users', (t) => t.integer('x'));
      },
      { transaction: false },
    ),
    changed: one(
      async (knex: Knex) => {
        await knex.schema.alterTable('users', (t) => t.dateTime('at'));
        await knex('users').update({ at: new Date('2026-01-01T00:00:00Z') });
        await knex.schema.alterTable('users', (t) => t.integer('x'));
      },
      { transaction: false },
    ),
  },
  {
    name: 'changed: whether there is a transaction',
    base: SHOP,
    migrations: one(addsUp, { transaction: false }),
    changed: one(addsUp, { transaction: true }),
  },
];

async function addsUp(knex: Knex): Promise<void> {
  await knex('users').increment('n', 1);
  await knex.schema.alterTable('users', (t) => t.integer('x'));
  await knex('users').increment('n', 10);
  await knex.schema.alterTable('users', (t) => t.integer('y'));
}
