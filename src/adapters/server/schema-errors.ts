import { ERRNO } from './errno.ts';
import { all, type StatementErrorEntry } from './meaning.ts';
import {
  ALREADY_THERE,
  DATA,
  DELIMITER,
  FOREIGN_KEY,
  FOREIGN_KEY_IN_USE,
  NOT_THERE,
  PRIVILEGES,
} from './next-steps.ts';

/**
 * Errors about a statement itself, or about the schema, rows and privileges that it meets, by number.
 * Several entries with one number are tried in order.
 */
export const SCHEMA_ERRORS: readonly (readonly [number, StatementErrorEntry])[] = [
  ...all({ code: 'TableExists', nextStep: ALREADY_THERE }, ERRNO.ER_TABLE_EXISTS_ERROR),
  ...all({ code: 'ColumnExists', nextStep: ALREADY_THERE }, ERRNO.ER_DUP_FIELDNAME),
  ...all({ code: 'IndexExists', nextStep: ALREADY_THERE }, ERRNO.ER_DUP_KEYNAME),
  ...all(
    { code: 'ConstraintExists', nextStep: ALREADY_THERE },
    ERRNO.ER_FK_DUP_NAME,
    ERRNO.ER_CHECK_CONSTRAINT_DUP_NAME,
  ),
  // MariaDB detects a duplicate foreign key name only after it has copied the table.
  ...all(
    { code: 'ConstraintExists', nextStep: ALREADY_THERE, says: /\berrno: 121\b/ },
    ERRNO.ER_CANT_CREATE_TABLE,
  ),
  ...all(
    { code: 'TableMissing', nextStep: NOT_THERE },
    ERRNO.ER_BAD_TABLE_ERROR,
    ERRNO.ER_NO_SUCH_TABLE,
    ERRNO.ER_FK_CANNOT_OPEN_PARENT,
  ),
  ...all(
    { code: 'ColumnMissing', nextStep: NOT_THERE },
    ERRNO.ER_BAD_FIELD_ERROR,
    ERRNO.ER_KEY_COLUMN_DOES_NOT_EXIST,
    ERRNO.ER_FK_NO_COLUMN_PARENT,
  ),
  ...all({ code: 'NothingToDrop', nextStep: NOT_THERE }, ERRNO.ER_CANT_DROP_FIELD_OR_KEY),
  ...all(
    { code: 'SyntaxError', nextStep: DELIMITER, says: /near '\s*DELIMITER\b/i },
    ERRNO.ER_PARSE_ERROR,
  ),
  ...all(
    { code: 'SyntaxError', nextStep: 'Correct the SQL of the migration for this server.' },
    ERRNO.ER_PARSE_ERROR,
  ),

  ...all(
    { code: 'PrivilegeMissing', nextStep: PRIVILEGES },
    ERRNO.ER_DBACCESS_DENIED_ERROR,
    ERRNO.ER_TABLEACCESS_DENIED_ERROR,
    ERRNO.ER_COLUMNACCESS_DENIED_ERROR,
    ERRNO.ER_SPECIFIC_ACCESS_DENIED_ERROR,
    ERRNO.ER_PROCACCESS_DENIED_ERROR,
    ERRNO.ER_BINLOG_CREATE_ROUTINE_NEED_SUPER,
    ERRNO.ER_DB_ACCESS_DENIED,
  ),

  ...all(
    { code: 'DuplicateData', nextStep: DATA },
    ERRNO.ER_DUP_ENTRY,
    ERRNO.ER_DUP_ENTRY_WITH_KEY_NAME,
    ERRNO.ER_FOREIGN_DUPLICATE_KEY_WITH_CHILD_INFO,
    ERRNO.ER_FOREIGN_DUPLICATE_KEY_WITHOUT_CHILD_INFO,
  ),
  ...all(
    { code: 'DataInvalid', nextStep: DATA },
    ERRNO.ER_BAD_NULL_ERROR,
    ERRNO.ER_INVALID_USE_OF_NULL,
    ERRNO.ER_WARN_DATA_OUT_OF_RANGE,
    ERRNO.WARN_DATA_TRUNCATED,
    ERRNO.ER_TRUNCATED_WRONG_VALUE,
    ERRNO.ER_NO_DEFAULT_FOR_FIELD,
    ERRNO.ER_TRUNCATED_WRONG_VALUE_FOR_FIELD,
    ERRNO.ER_DATA_TOO_LONG,
    ERRNO.ER_WRONG_VALUE_FOR_TYPE,
    ERRNO.ER_WRONG_VALUE,
    ERRNO.ER_NO_PARTITION_FOR_GIVEN_VALUE,
    ERRNO.ER_DATA_OUT_OF_RANGE,
    ERRNO.ER_INVALID_JSON_TEXT,
    ERRNO.ER_CHECK_CONSTRAINT_VIOLATED,
  ),
  ...all(
    { code: 'DataInvalid', nextStep: DATA, family: 'MariaDB', says: /CONSTRAINT/ },
    ERRNO.ER_CONSTRAINT_FAILED,
  ),
  ...all(
    { code: 'ForeignKeyViolated', nextStep: DATA },
    ERRNO.ER_NO_REFERENCED_ROW,
    ERRNO.ER_ROW_IS_REFERENCED,
    ERRNO.ER_ROW_IS_REFERENCED_2,
    ERRNO.ER_NO_REFERENCED_ROW_2,
    ERRNO.ER_FK_CANNOT_DELETE_PARENT,
  ),
  ...all(
    { code: 'ForeignKeyInvalid', nextStep: FOREIGN_KEY },
    ERRNO.ER_CANT_CREATE_TABLE,
    ERRNO.ER_CANNOT_ADD_FOREIGN,
    ERRNO.ER_WRONG_FK_DEF,
    ERRNO.ER_FK_NO_INDEX_CHILD,
    ERRNO.ER_FK_NO_INDEX_PARENT,
    ERRNO.ER_FK_INCORRECT_OPTION,
    ERRNO.ER_FK_COLUMN_NOT_NULL,
    ERRNO.ER_FK_INCOMPATIBLE_COLUMNS,
    ERRNO.ER_FK_NO_UNIQUE_INDEX_PARENT,
  ),
  ...all(
    { code: 'ForeignKeyInvalid', nextStep: FOREIGN_KEY, says: /\berrno: 150\b/ },
    ERRNO.ER_ERROR_ON_RENAME,
  ),
  ...all(
    { code: 'ForeignKeyInUse', nextStep: FOREIGN_KEY_IN_USE },
    ERRNO.ER_DROP_INDEX_FK,
    ERRNO.ER_FK_COLUMN_CANNOT_DROP,
    ERRNO.ER_FK_COLUMN_CANNOT_DROP_CHILD,
    ERRNO.ER_FK_COLUMN_CANNOT_CHANGE,
    ERRNO.ER_FK_COLUMN_CANNOT_CHANGE_CHILD,
    ERRNO.ER_FK_CANNOT_DROP_PARENT,
  ),
];
