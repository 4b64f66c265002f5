import type { ServerError } from './server-error.ts';

/** What a server error means for a migration. */
export interface StatementErrorMeaning {
  readonly code: string;
  readonly nextStep: string;
  readonly retryable?: boolean;
}

const ALREADY_THERE =
  'The migration was applied in part, or by hand. Compare what is there with the migration; then take the leftover away, or guard the statement (hasTable, hasColumn, IF NOT EXISTS). A retry goes on with this migration.';
const NOT_THERE =
  'Compare the database with the migrations that are recorded in knex_migrations: something was changed by hand, or a migration is missing.';
const PRIVILEGES =
  'Grant the user that migrates the privilege that the message names, on this database.';
const FOREIGN_KEY =
  'Both columns need the same type, sign, character set and collation, and the referenced one an index.';
const DATA = 'Mend the rows that the change cannot take, or change the migration to take them.';
const AGAIN = 'Run it again when the other session is done.';
const ROOM = 'Make room on the database server; then run it again.';

/**
 * Error numbers that migrations meet, MySQL's and MariaDB's (MySQL: "Server Error Message Reference";
 * MariaDB: "MariaDB Error Code Reference"). Whatever is not here is `StatementFailed`.
 */
const STATEMENT_ERRORS: ReadonlyMap<number, StatementErrorMeaning> = new Map([
  [1050, { code: 'TableExists', nextStep: ALREADY_THERE }],
  [1060, { code: 'ColumnExists', nextStep: ALREADY_THERE }],
  [1061, { code: 'IndexExists', nextStep: ALREADY_THERE }],
  [1826, { code: 'ConstraintExists', nextStep: ALREADY_THERE }],
  [3822, { code: 'ConstraintExists', nextStep: ALREADY_THERE }],
  [1051, { code: 'TableMissing', nextStep: NOT_THERE }],
  [1146, { code: 'TableMissing', nextStep: NOT_THERE }],
  [1054, { code: 'ColumnMissing', nextStep: NOT_THERE }],
  [1072, { code: 'ColumnMissing', nextStep: NOT_THERE }],
  [1091, { code: 'NothingToDrop', nextStep: NOT_THERE }],
  [1064, { code: 'SyntaxError', nextStep: 'Correct the SQL of the migration for this server.' }],
  [1044, { code: 'PrivilegeMissing', nextStep: PRIVILEGES }],
  [1142, { code: 'PrivilegeMissing', nextStep: PRIVILEGES }],
  [1143, { code: 'PrivilegeMissing', nextStep: PRIVILEGES }],
  [1227, { code: 'PrivilegeMissing', nextStep: PRIVILEGES }],
  [1370, { code: 'PrivilegeMissing', nextStep: PRIVILEGES }],
  [1419, { code: 'PrivilegeMissing', nextStep: PRIVILEGES }],
  [1062, { code: 'DuplicateData', nextStep: DATA }],
  [1586, { code: 'DuplicateData', nextStep: DATA }],
  [1048, { code: 'DataInvalid', nextStep: DATA }],
  [1138, { code: 'DataInvalid', nextStep: DATA }],
  [1264, { code: 'DataInvalid', nextStep: DATA }],
  [1265, { code: 'DataInvalid', nextStep: DATA }],
  [1292, { code: 'DataInvalid', nextStep: DATA }],
  [1366, { code: 'DataInvalid', nextStep: DATA }],
  [1406, { code: 'DataInvalid', nextStep: DATA }],
  [1451, { code: 'ForeignKeyViolated', nextStep: DATA }],
  [1452, { code: 'ForeignKeyViolated', nextStep: DATA }],
  [1005, { code: 'ForeignKeyInvalid', nextStep: FOREIGN_KEY }],
  [1215, { code: 'ForeignKeyInvalid', nextStep: FOREIGN_KEY }],
  [1822, { code: 'ForeignKeyInvalid', nextStep: FOREIGN_KEY }],
  [3780, { code: 'ForeignKeyInvalid', nextStep: FOREIGN_KEY }],
  [1021, { code: 'ServerFull', nextStep: ROOM }],
  [1114, { code: 'ServerFull', nextStep: ROOM }],
  [3675, { code: 'ServerFull', nextStep: ROOM }],
  [1205, { code: 'LockWaitTimeout', nextStep: AGAIN, retryable: true }],
  [1213, { code: 'Deadlock', nextStep: AGAIN, retryable: true }],
  [
    1290,
    {
      code: 'ServerReadOnly',
      nextStep: 'Wait for the failover to end, or point dbHost at the writer.',
      retryable: true,
    },
  ],
  [
    1317,
    { code: 'StatementInterrupted', nextStep: 'Somebody killed the statement; run it again.' },
  ],
]);

const FULL: StatementErrorMeaning = { code: 'ServerFull', nextStep: ROOM };

/** ER_CANT_CREATE_TABLE: a foreign key that does not fit, most often. */
const CANNOT_CREATE = 1005;

/** ENOSPC and EDQUOT. */
const OUT_OF_SPACE = /\b(?:err(?:no|code):?|error) (?:28|122)\b/i;

/**
 * What a server's error means; `undefined` where that is not known. A full disk has many numbers (3,
 * 1004, 1005, 1026, 1030 …), by what the server wanted to write, and says in brackets why it could not:
 * `Error writing file './ddl_recovery.log' (Errcode: 28 "No space left on device")`.
 */
export function meaningOf({
  errno,
  sqlMessage,
}: Pick<ServerError, 'errno' | 'sqlMessage'>): StatementErrorMeaning | undefined {
  const known = STATEMENT_ERRORS.get(errno);
  // Those that are known quote names and values, where anything may stand.
  const mayBeFull = known === undefined || errno === CANNOT_CREATE;
  return mayBeFull && OUT_OF_SPACE.test(sqlMessage) ? FULL : known;
}
