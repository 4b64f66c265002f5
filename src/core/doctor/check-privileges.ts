import { SPECIAL_PRIVILEGES, TABLE_PRIVILEGES } from '../database-privileges.ts';
import { type Check, ok } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';

/** Whether the login may do what migrations do. */
export function checkPrivileges(
  { privileges }: Pick<DatabaseFacts, 'privileges'>,
  { user, database }: { readonly user: string; readonly database: string },
): Check {
  const missing = TABLE_PRIVILEGES.filter((privilege) => !privileges.has(privilege));
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
  const without = SPECIAL_PRIVILEGES.filter((privilege) => !privileges.has(privilege));
  return ok(
    'privileges',
    without.length === 0
      ? 'all that migrations may need'
      : `all that tables need; without ${without.join(', ')}`,
  );
}
