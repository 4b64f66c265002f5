import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../../src/adapters/server/errno.ts';
import type { ServerFamily } from '../../../src/adapters/server/server-flavour.ts';
import { isServerState, meaningOf } from '../../../src/adapters/server/statement-errors.ts';

describe('a full disk', () => {
  it.each([
    [3, `Error writing file './ddl_recovery.log' (Errcode: 28 "No space left on device")`],
    [3, "Error writing file './acme/db.opt' (OS errno 28 - No space left on device)"],
    [1005, 'Can\'t create table `acme`.`users` (errno: 28 "No space left on device")'],
    [1030, "Got error 28 - 'No space left on device' from storage engine"],
    [1030, 'Got error 122 "Disk quota exceeded" from storage engine InnoDB'],
    [1021, 'Disk full (/tmp/#sql); waiting for someone to free some space... (errno: 28)'],
    [1114, "The table 'users' is full"],
    [3675, "Create table/tablespace 'users' failed, as disk is full"],
  ])("a full disk is recognized by the server's message: %i %s", (errno, sqlMessage) => {
    expect(meaningOf({ errno, sqlMessage })).toMatchObject({ code: 'ServerFull' });
  });

  it.each([
    [
      1005,
      'Can\'t create table `acme`.`users` (errno: 150 "Foreign key constraint is incorrectly formed")',
      'ForeignKeyInvalid',
    ],
    [1146, "Table 'acme.error 28' doesn't exist", 'TableMissing'],
    [1030, 'Got error 168 "Unknown (generic) error from engine"', undefined],
  ])('a full disk is not assumed for another error: %i %s', (errno, sqlMessage, code) => {
    expect(meaningOf({ errno, sqlMessage })?.code).toBe(code);
  });
});

/** The server's error; Fanfold's code, whether it is retryable, and a word of the next step. */
type Row = readonly [errno: number, says: string, code: string, again: boolean, nextStep: RegExp];

describe('a read-only server, cluster or session', () => {
  it.each<Row>([
    // `read_only`, `super_read_only`; Amazon RDS, Aurora, Azure and Cloud SQL after a failover.
    [
      1290,
      'The MySQL server is running with the --read-only option so it cannot execute this statement',
      'ServerReadOnly',
      true,
      /failover/,
    ],
    [
      1290,
      'The MySQL server is running with the --super-read-only option so it cannot execute this statement',
      'ServerReadOnly',
      true,
      /writer/,
    ],
    [
      1290,
      'The MariaDB server is running with the --read-only option so it cannot execute this statement',
      'ServerReadOnly',
      true,
      /failover/,
    ],
    // `innodb_read_only`, which Aurora's readers have, and `innodb_force_recovery`.
    [1836, 'Running in read-only mode', 'ServerReadOnly', true, /writer/],
    [1874, 'InnoDB is in read only mode.', 'ServerReadOnly', true, /writer/],
    [1881, 'Operation not allowed when innodb_force_recovery > 0.', 'ServerReadOnly', true, /Wait/],
    [1792, 'Cannot execute statement in a READ ONLY transaction.', 'ServerReadOnly', true, /Wait/],
    [3032, 'The server is currently in offline mode', 'ServerReadOnly', true, /Wait/],
    [
      6400,
      'The server is currently in offline mode since …, reason: upgrade',
      'ServerReadOnly',
      true,
      /Wait/,
    ],
    [3989, "Schema 'acme' is in read only mode.", 'ServerReadOnly', true, /ALTER SCHEMA/],
    [
      4156,
      "Cannot change the value of variable 'x' in read only mode.",
      'ServerReadOnly',
      true,
      /Wait/,
    ],
    [
      1223,
      "Can't execute the query because you have a conflicting read lock",
      'SessionReadOnly',
      false,
      /UNLOCK TABLES/,
    ],
    // Galera, Vitess and PlanetScale, Group Replication.
    [1047, 'WSREP has not yet prepared node for application use', 'ServerNotReady', true, /synced/],
    [
      1105,
      'target: shop.-.primary: primary is not serving, there is a reparent operation in progress',
      'ServerNotReady',
      true,
      /primary/,
    ],
    [
      1105,
      'vttablet: rpc error: code = Unavailable desc = connection refused',
      'ServerNotReady',
      true,
      /primary/,
    ],
    [
      3100,
      "Error on observer while running replication hook 'before_commit'.",
      'ServerNotReady',
      true,
      /primary/,
    ],
    [
      3797,
      'Error while waiting for conflicting transactions to finish.',
      'ServerNotReady',
      true,
      /primary/,
    ],
  ])(
    'a read-only server, cluster or session is reported with its own code: %i %s',
    (errno, sqlMessage, code, retryable, nextStep) => {
      expectMeaning({ errno, sqlMessage }, { code, retryable, nextStep });
    },
  );

  it('a read-only session is not retryable if the session itself is known to be read-only', () => {
    const error = {
      errno: 1792,
      sqlMessage: 'Cannot execute statement in a READ ONLY transaction.',
    };
    expectMeaning(error, { code: 'ServerReadOnly', retryable: true }, { readOnly: 'server' });
    expectMeaning(error, { code: 'SessionReadOnly', retryable: false }, { readOnly: 'session' });
  });

  it.each([
    // The same numbers in other meanings.
    [
      1290,
      'The MySQL server is running with the --secure-file-priv option so it cannot execute this statement',
      'ForbiddenByServer',
    ],
    [
      1290,
      'The MySQL server is running with the --skip-grant-tables option so it cannot execute this statement',
      'ForbiddenByServer',
    ],
    [1238, "Variable 'innodb_read_only' is a read only variable", undefined],
    [1047, 'Unknown command', undefined],
    [1105, 'unsupported: cross-shard query', undefined],
  ])('a read-only server is not assumed for other errors: %i %s', (errno, sqlMessage, code) => {
    const meaning = meaningOf({ errno, sqlMessage });
    expect(meaning?.code).toBe(code);
    expect(meaning?.retryable ?? false).toBe(false);
  });
});

describe('a conflict with another session', () => {
  it.each<Row>([
    [
      1205,
      'Lock wait timeout exceeded; try restarting transaction',
      'LockWaitTimeout',
      true,
      /other session/,
    ],
    [
      3572,
      'Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set.',
      'LockWaitTimeout',
      true,
      /other session/,
    ],
    // Galera reports the same for a transaction that was certified too late.
    [
      1213,
      'Deadlock found when trying to get lock; try restarting transaction',
      'Deadlock',
      true,
      /other session/,
    ],
    [
      1020,
      "Record has changed since last read in table 'users'",
      'TransactionConflict',
      true,
      /other session/,
    ],
    [
      3101,
      'Plugin instructed the server to rollback the current transaction.',
      'TransactionConflict',
      true,
      /other session/,
    ],
    [
      1180,
      "Got error 149 'Lock deadlock; Retry transaction' during COMMIT",
      'TransactionConflict',
      true,
      /other session/,
    ],
  ])(
    'a conflict with another session is retryable: %i %s',
    (errno, sqlMessage, code, retryable, nextStep) => {
      expectMeaning({ errno, sqlMessage }, { code, retryable, nextStep });
    },
  );
});

describe('limits and rules of a server', () => {
  it.each<Row>([
    [
      1969,
      'Query was interrupted: execution time exceeded max_statement_time',
      'StatementTimedOut',
      false,
      /max_statement_time/,
    ],
    [
      3024,
      'Query execution was interrupted, maximum statement execution time exceeded',
      'StatementTimedOut',
      false,
      /max_execution_time/,
    ],
    [1317, 'Query execution was interrupted', 'StatementInterrupted', false, /killed/],
    [
      1226,
      "User 'acme' has exceeded the 'max_updates' resource (current value: 100)",
      'UserLimitReached',
      true,
      /MAX_UPDATES/,
    ],
    [1041, 'Out of memory.', 'ServerOverloaded', true, /memory/],
    [1637, 'Too many active concurrent transactions', 'ServerOverloaded', true, /--concurrency/],
    [
      1197,
      "Multi-statement transaction required more than 'max_binlog_cache_size' bytes of storage",
      'TransactionTooLarge',
      false,
      /batches/,
    ],
    [
      1206,
      'The total number of locks exceeds the lock table size',
      'TransactionTooLarge',
      false,
      /batches/,
    ],
    [
      3098,
      'The table does not comply with the requirements by an external plugin.',
      'ForbiddenByServer',
      false,
      /cluster/,
    ],
    [
      3161,
      'Storage engine MyISAM is disabled (Table creation is disallowed).',
      'ForbiddenByServer',
      false,
      /setting/,
    ],
    [
      3750,
      "Unable to create or change a table without a primary key, when the system variable 'sql_require_primary_key' is set.",
      'ForbiddenByServer',
      false,
      /setting/,
    ],
    [
      1105,
      'Percona-XtraDB-Cluster prohibits use of GET_LOCK with pxc_strict_mode = ENFORCING or MASTER',
      'ForbiddenByServer',
      false,
      /cluster/,
    ],
    [4165, 'Galera replication not supported', 'ForbiddenByServer', false, /cluster/],
    [
      1419,
      'You do not have the SUPER privilege and binary logging is enabled',
      'PrivilegeMissing',
      false,
      /Grant/,
    ],
  ])(
    'a limit or rule of a server is reported with a specific code: %i %s',
    (errno, sqlMessage, code, retryable, nextStep) => {
      expectMeaning({ errno, sqlMessage }, { code, retryable, nextStep });
    },
  );
});

describe('a conflict between a statement and the schema or the data', () => {
  it.each([
    [
      6125,
      'Failed to add the foreign key constraint. Missing unique key for constraint',
      'ForeignKeyInvalid',
    ],
    [
      1822,
      'Failed to add the foreign key constraint. Missing index for constraint',
      'ForeignKeyInvalid',
    ],
    [
      3780,
      "Referencing column 'a' and referenced column 'b' are incompatible.",
      'ForeignKeyInvalid',
    ],
    [1239, 'Incorrect foreign key definition', 'ForeignKeyInvalid'],
    [
      1830,
      "Column 'a' cannot be NOT NULL: needed in a foreign key constraint",
      'ForeignKeyInvalid',
    ],
    [
      1025,
      'Error on rename of … (errno: 150 "Foreign key constraint is incorrectly formed")',
      'ForeignKeyInvalid',
    ],
    [1025, 'Error on rename of … (errno: 17 "File exists")', undefined],
    [
      1005,
      'Can\'t create table `a`.`b` (errno: 121 "Duplicate key on write or update")',
      'ConstraintExists',
    ],
    [1824, "Failed to open the referenced table 'users'", 'TableMissing'],
    [1553, "Cannot drop index 'a': needed in a foreign key constraint", 'ForeignKeyInUse'],
    [3730, "Cannot drop table 'a' referenced by a foreign key constraint", 'ForeignKeyInUse'],
    [
      1217,
      'Cannot delete or update a parent row: a foreign key constraint fails',
      'ForeignKeyViolated',
    ],
    [3819, "Check constraint 'positive' is violated.", 'DataInvalid'],
    [1364, "Field 'a' doesn't have a default value", 'DataInvalid'],
    [1690, 'BIGINT UNSIGNED value is out of range', 'DataInvalid'],
  ])(
    'a conflict between a statement and the schema or the data has a code for its kind: %i %s',
    (errno, sqlMessage, code) => {
      const meaning = meaningOf({ errno, sqlMessage });
      expect(meaning?.code).toBe(code);
      expect(meaning?.retryable ?? false).toBe(false);
    },
  );
});

describe('a number with different meanings in MySQL and MariaDB', () => {
  it.each<readonly [number, string, ServerFamily, string | undefined]>([
    [4025, 'CONSTRAINT `positive` failed for `acme`.`users`', 'MariaDB', 'DataInvalid'],
    [4025, 'AUTOEXTEND_SIZE should be between …', 'MySQL', undefined],
    [4165, 'Galera replication not supported', 'MariaDB', 'ForbiddenByServer'],
    [4165, 'The new password must have more characters changed', 'MySQL', undefined],
    [4156, "Cannot change the value of variable 'x' in read only mode.", 'MySQL', 'ServerReadOnly'],
    [4156, 'Period `p` is not found in table', 'MariaDB', undefined],
  ])(
    'an error number with different meanings in MySQL and MariaDB is determined by the server, or else by the message: %i %s',
    (errno, sqlMessage, family, code) => {
      expect(meaningOf({ errno, sqlMessage }, { family })?.code).toBe(code);
      expect(meaningOf({ errno, sqlMessage })?.code).toBe(code);
    },
  );

  it('an error number with different meanings is determined by the server for messages in any language', () => {
    const error = { errno: ERRNO.ER_CONSTRAINT_FAILED, sqlMessage: 'Beschränkung verletzt' };
    expect(meaningOf(error, { family: 'MariaDB' })?.code).toBe('DataInvalid');
    expect(meaningOf(error, { family: 'MySQL' })).toBeUndefined();
  });
});

it('a syntax error at DELIMITER names this command of the mysql shell', () => {
  const near = (text: string) => ({
    errno: ERRNO.ER_PARSE_ERROR,
    sqlMessage: `You have an error in your SQL syntax; … to use near '${text}' at line 1`,
  });
  expect(meaningOf(near('DELIMITER //\nCREATE PROCEDURE …'))).toMatchObject({
    code: 'SyntaxError',
    nextStep: expect.stringContaining('DELIMITER'),
  });
  expect(meaningOf(near('delimiter $$'))?.nextStep).toContain('DELIMITER');
  expect(meaningOf(near('SELEC 1'))?.nextStep).not.toContain('DELIMITER');
});

it("errors about the server's state are distinguished from errors about a statement", () => {
  const of = (errno: number, sqlMessage = '') => meaningOf({ errno, sqlMessage });
  const states = [of(1836), of(1114), of(3100), of(1041), of(1226)];
  const others = [of(1205), of(1062), of(1792, ''), of(1064)];
  expect(states.every((meaning) => meaning !== undefined && isServerState(meaning))).toBe(true);
  expect(others.map((meaning) => meaning && isServerState(meaning))).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

function expectMeaning(
  error: { readonly errno: number; readonly sqlMessage: string },
  expected: { readonly code: string; readonly retryable: boolean; readonly nextStep?: RegExp },
  circumstances?: Parameters<typeof meaningOf>[1],
): void {
  const meaning = meaningOf(error, circumstances);
  expect({ ...meaning, retryable: meaning?.retryable ?? false }).toMatchObject({
    code: expected.code,
    retryable: expected.retryable,
    nextStep: expect.stringMatching(expected.nextStep ?? /\w/),
  });
}
