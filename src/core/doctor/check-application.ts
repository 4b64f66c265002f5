import {
  APPLICATION_PRIVILEGES,
  DATABASE_PRIVILEGES,
  ROW_PRIVILEGES,
} from '../provision/database-privileges.ts';
import { grantText, parseAccount } from '../wording/account-sql.ts';
import { type Check, ok } from './check.ts';
import type { GrantFacts } from './check-privileges.ts';

/** Privileges that only a user who changes the schema needs. */
const SCHEMA_PRIVILEGES = DATABASE_PRIVILEGES.filter(
  (privilege) => !APPLICATION_PRIVILEGES.includes(privilege),
);

/** Whether the application's user may only read and write rows, if another user migrates. */
export function checkApplication(
  { privileges, account, grantsLiterally }: GrantFacts,
  { user, database }: { readonly user: string; readonly database: string },
): Check {
  const missing = ROW_PRIVILEGES.filter((privilege) => !privileges.has(privilege));
  if (missing.length > 0) {
    return {
      name: 'application',
      status: 'wrong',
      code: 'ApplicationPrivilegeMissing',
      message: `The application's user "${user}" lacks ${missing.join(', ')} on "${database}".`,
      nextStep: `Grant them, as an administrator of that server: ${grantText(missing, database, parseAccount(account), grantsLiterally)}`,
    };
  }
  const spare = SCHEMA_PRIVILEGES.filter((privilege) => privileges.has(privilege));
  if (spare.length === 0) return ok('application', `${user} works with rows only`);
  return {
    name: 'application',
    status: 'note',
    code: 'ApplicationMayMigrate',
    message: `The application's user "${user}" may change the schema of "${database}" too: ${spare.join(', ')}.`,
    nextStep: 'Revoke that from it: another user migrates.',
  };
}
