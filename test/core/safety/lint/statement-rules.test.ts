import { expect, test } from 'vitest';
import { CONTEXT_RULES } from '../../../../src/core/safety/lint/rules/context-rules.ts';
import { STATEMENT_RULES } from '../../../../src/core/safety/lint/rules/statement-rules.ts';
import {
  alter,
  column,
  create,
  drop,
  expectFaults,
  lintStatements,
  type StatementCase,
  statement,
  table,
} from './lint-statements.ts';

const T = table([column('id')]);
const LONGER = table([column('id'), column('a')]);

const IN_PLACE = { verdict: { how: 'in place', blocks: 'nothing' } } as const;
const together = { together: 2 };

/** Migrations of one statement each. */
const each = (...texts: readonly string[]) => texts.map((text) => [statement(text)]);

const CASES: readonly StatementCase[] = [
  {
    rule: 'unbounded-write',
    fires: [
      ['The UPDATE has no WHERE and no LIMIT.', statement('UPDATE t SET a = 1')],
      ['The DELETE has no WHERE and no LIMIT.', statement('DELETE FROM `where`')],
    ],
    quiet: each(
      'UPDATE t SET a = 1 WHERE id < 1000',
      'DELETE FROM t LIMIT 1000',
      'INSERT INTO t VALUES (1)',
      'SELECT * FROM t',
    ),
  },
  {
    rule: 'write-beside-ddl',
    fires: [
      [
        'The UPDATE is sent beside statements that commit.',
        alter(T, LONGER),
        statement('UPDATE t SET a = 1'),
      ],
      [
        'The DELETE is sent beside statements that commit.',
        statement('DELETE FROM t'),
        alter(T, LONGER),
      ],
    ],
    quiet: [
      [statement('UPDATE t SET a = 1'), statement('DELETE FROM t')],
      [create(T), statement('UPDATE t SET a = 1')],
      [alter(T, LONGER), statement('INSERT INTO t VALUES (1)'), statement('SELECT 1')],
    ],
  },
  {
    rule: 'several-alters',
    fires: [
      [
        'It changes t again, after statement 1.',
        alter(T, LONGER, IN_PLACE),
        alter(LONGER, T, { verdict: { how: 'copy', blocks: 'writes' } }),
      ],
    ],
    quiet: [
      [alter(T, LONGER, IN_PLACE), alter(LONGER, T, { verdict: { how: 'instant' } })],
      [alter(T, LONGER, IN_PLACE), alter({ ...T, name: 'u' }, { ...LONGER, name: 'u' }, IN_PLACE)],
      [create(T), alter(T, LONGER, IN_PLACE), alter(LONGER, T, IN_PLACE)],
      [alter(T, LONGER), alter(LONGER, T)],
    ],
  },
  {
    rule: 'several-statements-in-raw',
    fires: [
      [
        'The text has 2 statements.',
        statement('SELECT 0'),
        statement('SELECT 1', together),
        statement('SELECT 2', together),
      ],
    ],
    quiet: [[statement('SELECT 1'), statement('SELECT 2')]],
  },
  {
    rule: 'reads-then-drops',
    fires: [
      ['It drops t, which statement 1 has read.', statement('SELECT * FROM `T`'), drop(T)],
      [
        'It drops t, which statement 3 has read.',
        statement('SELECT * FROM t'),
        statement('SELECT * FROM u'),
        statement('SELECT * FROM t, u'),
        drop(T),
      ],
    ],
    quiet: [
      [statement('SELECT * FROM u'), drop(T)],
      [drop(T), statement('SELECT * FROM t')],
      [statement('SELECT * FROM information_schema.tables, t'), drop(T)],
      [statement('INSERT INTO u SELECT * FROM t'), drop(T)],
      [create(T), statement('SELECT * FROM t'), drop(T)],
    ],
  },
  {
    rule: 'leaves-the-tenant',
    fires: (
      [
        ['USE', 'USE other'],
        ['CREATE DATABASE', 'CREATE DATABASE other'],
        ['DROP SCHEMA', 'DROP SCHEMA other'],
        ['ALTER USER', "ALTER USER 'a' IDENTIFIED BY 'b'"],
        ['GRANT', 'GRANT SELECT ON t TO a'],
        ['REVOKE', 'REVOKE SELECT ON t FROM a'],
        ['RENAME USER', 'RENAME USER a TO b'],
        ['SET GLOBAL', 'SET GLOBAL max_connections = 1'],
        ['FLUSH', 'FLUSH TABLES'],
        ['KILL', 'KILL 1'],
        ['RESET', 'RESET MASTER'],
      ] as const
    ).map(([words, text]) => [
      `${words} concerns more than the tenant's database.`,
      statement(text),
    ]),
    quiet: each(
      'CREATE TABLE users (id INT)',
      'DROP TABLE t',
      'SET SESSION foreign_key_checks = 0',
      'RENAME TABLE `user` TO users',
      'CREATE',
    ),
  },
  {
    rule: 'locks-by-hand',
    fires: [
      ['LOCK TABLES interferes with the locks of Fanfold.', statement('LOCK TABLES t WRITE')],
      ['LOCK TABLES interferes with the locks of Fanfold.', statement('LOCK TABLE t READ')],
      ['GET_LOCK interferes with the locks of Fanfold.', statement("SELECT get_lock('a', 1)")],
      [
        'RELEASE_ALL_LOCKS interferes with the locks of Fanfold.',
        statement('DO RELEASE_ALL_LOCKS()'),
      ],
    ],
    quiet: each(
      'SELECT get_lock FROM t',
      'SELECT * FROM t LOCK IN SHARE MODE',
      'LOCK INSTANCE FOR BACKUP',
      'UNLOCK TABLES',
    ),
  },
  {
    rule: 'alter-ignore',
    fires: [
      [
        'ALTER IGNORE deletes rows that it cannot keep.',
        statement('ALTER IGNORE TABLE t ADD UNIQUE (a)'),
      ],
      [
        'ALTER IGNORE deletes rows that it cannot keep.',
        statement('ALTER ONLINE IGNORE TABLE t ADD UNIQUE (a)'),
      ],
    ],
    quiet: [
      [statement('ALTER TABLE t ADD `ignore` INT')],
      [statement('ALTER TABLE t ALTER INDEX a IGNORED')],
      [statement('INSERT IGNORE INTO t VALUES (1)')],
    ],
  },
  {
    rule: 'definer',
    fires: [
      ['It names a definer.', statement('CREATE DEFINER = `a`@`%` VIEW v AS SELECT 1')],
      ['It names a definer.', statement('ALTER DEFINER=a@localhost EVENT e ENABLE')],
    ],
    quiet: each(
      'CREATE DEFINER = CURRENT_USER VIEW v AS SELECT 1',
      'CREATE SQL SECURITY DEFINER VIEW v AS SELECT 1',
      'CREATE VIEW v AS SELECT 1',
      'UPDATE t SET definer = 1 WHERE id = 1',
    ),
  },
  {
    rule: 'hides-existing',
    fires: [
      'CREATE TABLE IF NOT EXISTS t (a INT)',
      'DROP TABLE IF EXISTS t',
      'ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT',
    ].map((text) => ['It passes over what exists already.', statement(text)]),
    quiet: each(
      'CREATE TABLE t (a INT)',
      'CREATE VIEW v AS SELECT IF(1, 2, 3)',
      'SELECT IF(a, 1, 2) FROM t',
      'CREATE PROCEDURE p() IF NOT a THEN SELECT 1; END IF',
      'CREATE PROCEDURE p() BEGIN DROP TABLE IF EXISTS t; END',
    ),
  },
  {
    rule: 'random-in-sql',
    fires: [
      ['RAND() differs with each run.', statement('UPDATE t SET a = RAND() WHERE id = 1')],
      ['UUID() differs with each run.', statement('INSERT INTO t VALUES (uuid())')],
      ['RANDOM_BYTES() differs with each run.', statement('INSERT INTO t SET a = RANDOM_BYTES(4)')],
    ],
    quiet: each(
      'SELECT UUID()',
      'INSERT INTO t (uuid) VALUES (1)',
      'CREATE TABLE t (id CHAR(36) DEFAULT (UUID()))',
    ),
  },
  {
    rule: 'names-another-database',
    fires: [
      [
        'It names the database other.',
        statement('INSERT INTO other.t VALUES (1)', { otherDatabases: ['other'] }),
      ],
    ],
    quiet: each('INSERT INTO t VALUES (1)'),
  },
];

test.each(CASES)(
  'the rule $rule finds its fault in statements, and not in what only looks like it',
  expectFaults,
);

test('every rule about statements by themselves has a case', () => {
  // The budget takes many changes, and has tests of its own.
  const names = [...STATEMENT_RULES, ...CONTEXT_RULES].map(({ name }) => name);
  expect([...CASES.map(({ rule }) => rule), 'instant-budget']).toEqual(names);
});

test('of several statements in one text the first one is named, for each text', () => {
  const three = { together: 3 };
  const statements = [
    statement('SELECT 0'),
    ...[statement('SELECT 1', together), statement('SELECT 2', together)],
    ...[statement('SELECT 3', together), statement('SELECT 4', together)],
    // Its BEGIN and COMMIT are not recorded.
    statement('SELECT 5', three),
    ...[statement('SELECT 6', together), statement('SELECT 7', together)],
  ];
  const { findings } = lintStatements([statements]);
  expect(findings.map(({ statement: found, message }) => [found?.number, message])).toEqual([
    [2, 'The text has 2 statements.'],
    [4, 'The text has 2 statements.'],
    [6, 'The text has 3 statements.'],
    [7, 'The text has 2 statements.'],
  ]);
});
