import { type Check, ok } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';

/** Without one of these an ordinary migration fails: tables, columns, indexes, foreign keys, rows. */
const NEEDED = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'ALTER',
  'DROP',
  'INDEX',
  'REFERENCES',
] as const;

/** What only some migrations need, each for itself. */
const SEPARATE = [
  'CREATE VIEW',
  'SHOW VIEW',
  'TRIGGER',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'EXECUTE',
  'EVENT',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
] as const;

/** Whether the login may do what migrations do. */
export function checkPrivileges(
  { privileges }: Pick<DatabaseFacts, 'privileges'>,
  { user, database }: { readonly user: string; readonly database: string },
): Check {
  const missing = NEEDED.filter((privilege) => !privileges.has(privilege));
  if (missing.length > 0) {
    return {
      name: 'privileges',
      status: 'wrong',
      code: 'PrivilegeMissing',
      message: `User "${user}" lacks ${missing.join(', ')} on "${database}".`,
      nextStep:
        'Grant the user that migrates these privileges, best all of them, on this database.',
    };
  }
  const without = SEPARATE.filter((privilege) => !privileges.has(privilege));
  return ok(
    'privileges',
    without.length === 0
      ? 'all that migrations may need'
      : `all that tables need; without ${without.join(', ')}`,
  );
}
