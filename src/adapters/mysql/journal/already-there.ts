import { ERRNO } from '../../server/errno.ts';
import type { Ddl } from '../sql/ddl.ts';
import type { DdlClause } from '../sql/ddl-clauses.ts';
import type { DdlObject } from '../sql/ddl-object.ts';

/**
 * The error numbers that mean that a statement's effect already exists (MySQL: "Server Error Message
 * Reference"; MariaDB: "MariaDB Error Code Reference"). `undefined` if running the statement again might
 * change something, or take long before it fails. A test runs a statement of each kind twice and compares.
 */
export function alreadyThere(ddl: Ddl, isMariaDB: boolean): ReadonlySet<number> | undefined {
  switch (ddl.effect) {
    case 'create':
      return new Set([CREATED[ddl.objects[0].type]]);
    case 'drop':
      return new Set(
        ddl.objects.map(({ type }) =>
          type === 'VIEW' && isMariaDB ? ERRNO.ER_UNKNOWN_VIEW : DROPPED[type],
        ),
      );
    case 'rename':
      // MySQL checks the new name first in RENAME TABLE, and the old one in ALTER TABLE.
      return new Set(
        isMariaDB
          ? [ERRNO.ER_NO_SUCH_TABLE]
          : [ERRNO.ER_NO_SUCH_TABLE, ERRNO.ER_TABLE_EXISTS_ERROR],
      );
    case 'repeatable':
      return undefined;
    case 'alter': {
      const errnos = ddl.clauses.map((clause) => ofClause(clause, isMariaDB));
      return errnos.includes(undefined) ? undefined : new Set(errnos as number[]);
    }
  }
}

const CREATED: Record<DdlObject['type'], number> = {
  TABLE: ERRNO.ER_TABLE_EXISTS_ERROR,
  VIEW: ERRNO.ER_TABLE_EXISTS_ERROR,
  TRIGGER: ERRNO.ER_TRG_ALREADY_EXISTS,
  PROCEDURE: ERRNO.ER_SP_ALREADY_EXISTS,
  FUNCTION: ERRNO.ER_SP_ALREADY_EXISTS,
  EVENT: ERRNO.ER_EVENT_ALREADY_EXISTS,
  SEQUENCE: ERRNO.ER_TABLE_EXISTS_ERROR,
};

const DROPPED: Record<DdlObject['type'], number> = {
  TABLE: ERRNO.ER_BAD_TABLE_ERROR,
  VIEW: ERRNO.ER_BAD_TABLE_ERROR,
  TRIGGER: ERRNO.ER_TRG_DOES_NOT_EXIST,
  PROCEDURE: ERRNO.ER_SP_DOES_NOT_EXIST,
  FUNCTION: ERRNO.ER_SP_DOES_NOT_EXIST,
  EVENT: ERRNO.ER_EVENT_DOES_NOT_EXIST,
  SEQUENCE: ERRNO.ER_UNKNOWN_SEQUENCES,
};

function ofClause(clause: DdlClause, isMariaDB: boolean): number | undefined {
  if (clause.does === 'set' || clause.does === 'redefine' || clause.what === 'unnamed')
    return undefined;
  if (clause.does === 'rename')
    return clause.what === 'column' ? ERRNO.ER_BAD_FIELD_ERROR : ERRNO.ER_KEY_DOES_NOT_EXISTS;
  const isAdd = clause.does === 'add';
  switch (clause.what) {
    case 'column':
      return isAdd ? ERRNO.ER_DUP_FIELDNAME : ERRNO.ER_CANT_DROP_FIELD_OR_KEY;
    case 'key':
      return isAdd ? ERRNO.ER_DUP_KEYNAME : ERRNO.ER_CANT_DROP_FIELD_OR_KEY;
    case 'primary key':
      return isAdd ? ERRNO.ER_MULTIPLE_PRI_KEY : ERRNO.ER_CANT_DROP_FIELD_OR_KEY;
    case 'check':
      if (isMariaDB) return isAdd ? ERRNO.ER_FK_DUP_NAME : ERRNO.ER_CANT_DROP_FIELD_OR_KEY;
      return isAdd ? ERRNO.ER_CHECK_CONSTRAINT_DUP_NAME : ERRNO.ER_CHECK_CONSTRAINT_NOT_FOUND;
    case 'foreign key':
      // MariaDB detects a duplicate name only after it has copied the table (ER_CANT_CREATE_TABLE).
      if (isMariaDB) return isAdd ? undefined : ERRNO.ER_CANT_DROP_FIELD_OR_KEY;
      return isAdd ? ERRNO.ER_FK_DUP_NAME : ERRNO.ER_CANT_DROP_FIELD_OR_KEY;
    case 'constraint':
      return isMariaDB || isAdd ? ERRNO.ER_CANT_DROP_FIELD_OR_KEY : ERRNO.ER_CONSTRAINT_NOT_FOUND;
  }
}
