import { ERRNO } from './errno.ts';
import { all, type StatementErrorEntry, type StatementErrorMeaning } from './meaning.ts';
import {
  AGAIN,
  FORBIDDEN,
  LIMIT,
  NOT_READY,
  NOT_SYNCED,
  OVERLOADED,
  OWN_READ_LOCK,
  READ_ONLY,
  ROOM,
  SCHEMA_READ_ONLY,
  TIME,
  TOO_LARGE,
} from './next-steps.ts';

/** The server itself is read-only. */
const SERVER_READ_ONLY: StatementErrorMeaning = {
  code: 'ServerReadOnly',
  nextStep: READ_ONLY,
  retryable: true,
};

/** The migration's session is read-only although its server is not. */
export const SESSION_READ_ONLY: StatementErrorMeaning = {
  code: 'SessionReadOnly',
  nextStep:
    "The session was made read-only, by the migration (SET TRANSACTION READ ONLY, START TRANSACTION READ ONLY) or by the server's init_connect: remove that, or switch to READ WRITE before the statement.",
};

export const SERVER_FULL: StatementErrorMeaning = { code: 'ServerFull', nextStep: ROOM };

/**
 * Errors about the state of the server, its cluster or other sessions at the time of the statement, by
 * number. Several entries with one number are tried in order.
 */
export const STATE_ERRORS: readonly (readonly [number, StatementErrorEntry])[] = [
  ...all(SERVER_FULL, ERRNO.ER_DISK_FULL, ERRNO.ER_RECORD_FILE_FULL, ERRNO.ER_DISK_FULL_NOWAIT),
  ...all(
    { code: 'ServerOverloaded', nextStep: OVERLOADED, retryable: true },
    ERRNO.ER_OUTOFMEMORY,
    ERRNO.ER_OUT_OF_RESOURCES,
    ERRNO.ER_CANT_CREATE_THREAD,
    ERRNO.ER_TOO_MANY_CONCURRENT_TRXS,
  ),
  ...all(
    { code: 'UserLimitReached', nextStep: LIMIT, retryable: true },
    ERRNO.ER_USER_LIMIT_REACHED,
  ),
  ...all(
    { code: 'TransactionTooLarge', nextStep: TOO_LARGE },
    ERRNO.ER_TRANS_CACHE_FULL,
    ERRNO.ER_LOCK_TABLE_FULL,
    ERRNO.ER_STMT_CACHE_FULL,
  ),

  ...all(
    { code: 'LockWaitTimeout', nextStep: AGAIN, retryable: true },
    ERRNO.ER_LOCK_WAIT_TIMEOUT,
    ERRNO.ER_LOCK_NOWAIT,
  ),
  ...all({ code: 'Deadlock', nextStep: AGAIN, retryable: true }, ERRNO.ER_LOCK_DEADLOCK),
  // The transaction lost a conflict: at certification, or because a row it read has changed since.
  ...all(
    { code: 'TransactionConflict', nextStep: AGAIN, retryable: true },
    ERRNO.ER_CHECKREAD,
    ERRNO.ER_TRANSACTION_ROLLBACK_DURING_COMMIT,
  ),
  ...all(
    {
      code: 'TransactionConflict',
      nextStep: AGAIN,
      retryable: true,
      says: /\b(149|1213)\b|deadlock/i,
    },
    ERRNO.ER_ERROR_DURING_COMMIT,
  ),

  ...all(
    SERVER_READ_ONLY,
    ERRNO.ER_READ_ONLY_MODE,
    ERRNO.ER_INNODB_READ_ONLY,
    ERRNO.ER_INNODB_FORCED_RECOVERY,
    ERRNO.ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION,
    ERRNO.ER_SERVER_OFFLINE_MODE,
    ERRNO.ER_SERVER_OFFLINE_MODE_REASON,
  ),
  // `--read-only`, `--super-read-only`, `--innodb-read-only`, and `READ_ONLY` in MariaDB's enforced modes.
  ...all({ ...SERVER_READ_ONLY, says: /read[-_]only/i }, ERRNO.ER_OPTION_PREVENTS_STATEMENT),
  ...all({ code: 'ForbiddenByServer', nextStep: FORBIDDEN }, ERRNO.ER_OPTION_PREVENTS_STATEMENT),
  ...all(
    { ...SERVER_READ_ONLY, family: 'MySQL', says: /read only mode/ },
    ERRNO.ER_CANT_CHANGE_SYS_VAR_IN_READ_ONLY_MODE,
  ),
  ...all(
    { code: 'ServerReadOnly', nextStep: SCHEMA_READ_ONLY, retryable: true },
    ERRNO.ER_SCHEMA_READ_ONLY,
  ),
  ...all({ code: 'SessionReadOnly', nextStep: OWN_READ_LOCK }, ERRNO.ER_CANT_UPDATE_WITH_READLOCK),

  // Galera while a node is not part of its cluster; Vitess and PlanetScale while a primary is being
  // replaced; Group Replication without a majority.
  ...all(
    { code: 'ServerNotReady', nextStep: NOT_SYNCED, retryable: true, says: /WSREP/ },
    ERRNO.ER_UNKNOWN_COM_ERROR,
  ),
  ...all(
    {
      code: 'ServerNotReady',
      nextStep: NOT_READY,
      retryable: true,
      says: /not serving|reparent|code = Unavailable|no healthy tablet/i,
    },
    ERRNO.ER_UNKNOWN_ERROR,
  ),
  ...all(
    { code: 'ServerNotReady', nextStep: NOT_READY, retryable: true },
    ERRNO.ER_RUN_HOOK_ERROR,
    ERRNO.ER_GR_HOLD_WAIT_TIMEOUT,
    ERRNO.ER_GR_HOLD_KILLED,
    ERRNO.ER_GR_HOLD_MEMBER_STATUS_ERROR,
    ERRNO.ER_GRP_TRX_CONSISTENCY_BEFORE,
    ERRNO.ER_GRP_TRX_CONSISTENCY_AFTER_ON_TRX_BEGIN,
  ),
  ...all(
    { code: 'ForbiddenByServer', nextStep: FORBIDDEN },
    ERRNO.ER_BINLOG_UNSAFE_ROUTINE,
    ERRNO.ER_BEFORE_DML_VALIDATION_ERROR,
    ERRNO.ER_DISABLED_STORAGE_ENGINE,
    ERRNO.ER_TABLE_WITHOUT_PK,
  ),
  ...all(
    { code: 'ForbiddenByServer', nextStep: FORBIDDEN, family: 'MariaDB', says: /galera/i },
    ERRNO.ER_GALERA_REPLICATION_NOT_SUPPORTED,
  ),
  // Percona XtraDB Cluster under pxc_strict_mode.
  ...all(
    { code: 'ForbiddenByServer', nextStep: FORBIDDEN, says: /pxc_strict_mode/i },
    ERRNO.ER_UNKNOWN_ERROR,
  ),

  ...all(
    { code: 'StatementTimedOut', nextStep: TIME },
    ERRNO.ER_STATEMENT_TIMEOUT,
    ERRNO.ER_QUERY_TIMEOUT,
  ),
  ...all(
    {
      code: 'StatementInterrupted',
      nextStep: 'The statement was killed; run the migration again.',
    },
    ERRNO.ER_QUERY_INTERRUPTED,
  ),
];
