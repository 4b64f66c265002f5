/** Without one of these an ordinary migration fails: tables, columns, indexes, foreign keys, rows. */
export const TABLE_PRIVILEGES: readonly string[] = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'ALTER',
  'DROP',
  'INDEX',
  'REFERENCES',
];

/** Privileges that only some migrations need, each for itself. */
export const SPECIAL_PRIVILEGES: readonly string[] = [
  'CREATE VIEW',
  'SHOW VIEW',
  'TRIGGER',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'EXECUTE',
  'EVENT',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
];

/** Without one of these an application cannot work with its rows. */
export const ROW_PRIVILEGES: readonly string[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** Privileges of an application that never changes the schema. */
export const APPLICATION_PRIVILEGES: readonly string[] = [
  ...ROW_PRIVILEGES,
  'EXECUTE',
  'SHOW VIEW',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
];

/** Privileges on a database that MariaDB alone has, the second one since 11.3. No migration needs them. */
export const MARIADB_PRIVILEGES: readonly string[] = ['DELETE HISTORY', 'SHOW CREATE ROUTINE'];

/**
 * The privileges that `ALL` includes, on MySQL and on MariaDB. The ALL of a server may have more, depending
 * on its version; its grantor must have all of it.
 */
export const DATABASE_PRIVILEGES: readonly string[] = [...TABLE_PRIVILEGES, ...SPECIAL_PRIVILEGES];
