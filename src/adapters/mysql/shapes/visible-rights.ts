import { TABLE_PRIVILEGES } from '../../../core/provision/database-privileges.ts';
import { grantedPrivileges } from '../accounts/granted-privileges.ts';

/** The kinds of objects that a server hides entirely from a login without the right to them. */
export interface Visibility {
  /** Whether the login sees every table of the database, not only single ones. */
  readonly seesTables: boolean;
  /** In the order of their names. */
  readonly unseen: readonly ('events' | 'routines' | 'triggers')[];
}

const ANY_OF_TABLES = [...TABLE_PRIVILEGES, 'TRIGGER', 'SHOW VIEW', 'CREATE VIEW'];
const ANY_OF_ROUTINES = [
  'EXECUTE',
  'ALTER ROUTINE',
  'CREATE ROUTINE',
  'SHOW_ROUTINE',
  'SHOW CREATE ROUTINE',
];

/** The visible parts of a database, by the rows of `SHOW GRANTS`. A single grant on a table is not enough. */
export function visibility(grants: readonly string[], database: string): Visibility {
  const all = grantedPrivileges(grants, database);
  const global = grantedPrivileges(grants, '');
  const has = (names: readonly string[]) => names.some((name) => all.has(name));
  // MySQL: the global SELECT shows every routine. MariaDB: it includes the table of routines.
  const seesRoutines = has(ANY_OF_ROUTINES) || global.has('SELECT');
  return {
    seesTables: has(ANY_OF_TABLES),
    unseen: [
      ...(has(['EVENT']) ? [] : ['events' as const]),
      ...(seesRoutines ? [] : ['routines' as const]),
      ...(has(['TRIGGER']) ? [] : ['triggers' as const]),
    ],
  };
}
