import { SPECIAL_PRIVILEGES, TABLE_PRIVILEGES } from '../provision/database-privileges.ts';
import { grantText, parseAccount } from '../wording/account-sql.ts';
import { type Check, ok } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';

/** The privileges of a login, and its account on the server. */
export type GrantFacts = Pick<DatabaseFacts, 'privileges' | 'account' | 'grantsLiterally'>;

/** Whether the login may do what migrations do. */
export function checkPrivileges(
  { privileges, account, grantsLiterally }: GrantFacts,
  { user, database }: { readonly user: string; readonly database: string },
): Check {
  const missing = TABLE_PRIVILEGES.filter((privilege) => !privileges.has(privilege));
  if (missing.length > 0) {
    return {
      name: 'privileges',
      status: 'wrong',
      code: 'PrivilegeMissing',
      message: `User "${user}" lacks ${missing.join(', ')} on "${database}".`,
      nextStep: `Grant them, as an administrator of that server: ${grantText(missing, database, parseAccount(account), grantsLiterally)}`,
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
