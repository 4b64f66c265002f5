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

/** What only some migrations need, each for itself. */
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

/** What an application needs that never changes the schema. */
export const APPLICATION_PRIVILEGES: readonly string[] = [
  ...ROW_PRIVILEGES,
  'EXECUTE',
  'SHOW VIEW',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
];

/** What ALL means for a database, on MySQL as on MariaDB. */
export const DATABASE_PRIVILEGES: readonly string[] = [...TABLE_PRIVILEGES, ...SPECIAL_PRIVILEGES];
