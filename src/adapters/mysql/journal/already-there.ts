import type { Ddl } from '../sql/ddl.ts';
import type { DdlClause } from '../sql/ddl-clauses.ts';
import type { DdlObject } from '../sql/ddl-object.ts';

/**
 * Error numbers by which a server says that a statement's effect is there already (MySQL: "Server
 * Error Message Reference"; MariaDB: "MariaDB Error Code Reference"). `undefined` where running it
 * again might change something, or take long before it fails.
 */
export function alreadyThere(ddl: Ddl, isMariaDB: boolean): ReadonlySet<number> | undefined {
  switch (ddl.effect) {
    case 'create':
      return new Set([CREATED[ddl.objects[0].type]]);
    case 'drop':
      return new Set(
        ddl.objects.map(({ type }) => (type === 'VIEW' && isMariaDB ? 4092 : DROPPED[type])),
      );
    case 'rename':
      return new Set([1146, 1050, 1017]);
    case 'repeatable':
      return undefined;
    case 'alter': {
      const errnos = ddl.clauses.map((clause) => ofClause(clause, isMariaDB));
      return errnos.includes(undefined) ? undefined : new Set(errnos as number[]);
    }
  }
}

const CREATED: Record<DdlObject['type'], number> = {
  TABLE: 1050,
  VIEW: 1050,
  TRIGGER: 1359,
  PROCEDURE: 1304,
  FUNCTION: 1304,
  EVENT: 1537,
};

const DROPPED: Record<DdlObject['type'], number> = {
  TABLE: 1051,
  VIEW: 1051,
  TRIGGER: 1360,
  PROCEDURE: 1305,
  FUNCTION: 1305,
  EVENT: 1539,
};

function ofClause(clause: DdlClause, isMariaDB: boolean): number | undefined {
  if (clause.does === 'set' || clause.does === 'redefine' || clause.what === 'unnamed')
    return undefined;
  if (clause.does === 'rename') return clause.what === 'column' ? 1054 : 1176;
  const isAdd = clause.does === 'add';
  switch (clause.what) {
    case 'column':
      return isAdd ? 1060 : 1091;
    case 'key':
      return isAdd ? 1061 : 1091;
    case 'primary key':
      return isAdd ? 1068 : 1091;
    case 'check':
      if (isMariaDB) return isAdd ? 1826 : 1091;
      return isAdd ? 3822 : 3821;
    case 'foreign key':
      // MariaDB sees a second one of the same name only when it has copied the table (1005).
      if (isMariaDB) return isAdd ? undefined : 1091;
      return isAdd ? 1826 : 1091;
    case 'constraint':
      return isMariaDB || isAdd ? 1091 : 3940;
  }
}
