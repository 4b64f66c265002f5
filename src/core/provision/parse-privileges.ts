import { FanfoldError } from '../errors.ts';
import { DATABASE_PRIVILEGES, MARIADB_PRIVILEGES } from './database-privileges.ts';

const KNOWN = ['ALL', ...DATABASE_PRIVILEGES, ...MARIADB_PRIVILEGES];

/**
 * Reads the privileges that a tenant's user gets on its database: `ALL`, or names with commas such as
 * `SELECT,INSERT,UPDATE,DELETE`; `ALL,DELETE HISTORY` adds what MariaDB alone has. Throws `RequestInvalid`: nothing else may get into a GRANT.
 */
export function parsePrivileges(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim().toUpperCase().replaceAll(/\s+/g, ' '));
  const unknown = names.find((name) => !KNOWN.includes(name));
  if (unknown === undefined) return names;
  throw new FanfoldError(
    'RequestInvalid',
    `There is no privilege ${JSON.stringify(unknown.slice(0, 50))} on a database.`,
    { fault: 'usage', nextStep: `Choose among ${KNOWN.join(', ')}.` },
  );
}
