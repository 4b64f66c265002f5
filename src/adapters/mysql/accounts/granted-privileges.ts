import { DATABASE_PRIVILEGES } from '../../../core/database-privileges.ts';

/**
 * The privileges on a database that the rows of `SHOW GRANTS` give, upper case, those of active roles
 * included. Where the whole of a scope is granted it has every name of {@link DATABASE_PRIVILEGES}. Grants on single
 * tables, columns and routines do not count: they do not carry a migration. Nothing else of the rows
 * is kept, as some servers show password hashes in them.
 */
export function grantedPrivileges(
  grants: readonly string[],
  database: string,
): ReadonlySet<string> {
  const granted = new Set<string>();
  const revoked = new Set<string>();
  for (const grant of grants) {
    const [, verb, list = '', scope = ''] = STATEMENT.exec(grant) ?? [];
    if (verb === undefined || !covers(scope, database)) continue;
    const target = verb.toUpperCase() === 'GRANT' ? granted : revoked;
    for (const name of names(list)) target.add(name);
  }
  // MySQL lists what it has taken back from a single database (partial revokes) beside the rest.
  return new Set([...granted].filter((name) => !revoked.has(name)));
}

/** `GRANT <list> ON <scope> TO …`; the grant of a role has no scope. */
const STATEMENT = /^(GRANT|REVOKE) (.+?) ON (\*\.\*|(?:`(?:[^`]|``)*`|[^`. ]+)\.\*) (?:TO|FROM) /i;

function names(list: string): string[] {
  const named = list.split(',').map((name) => name.trim().toUpperCase());
  return named.flatMap((name) =>
    name === 'ALL PRIVILEGES' || name === 'ALL' ? DATABASE_PRIVILEGES : [name],
  );
}

/** Whether a scope, a pattern as in LIKE, takes in the database; names go without case on some systems. */
function covers(scope: string, database: string): boolean {
  if (scope === '*.*') return true;
  const pattern = scope.slice(0, -'.*'.length).replace(/^`|`$/g, '').replaceAll('``', '`');
  const expression = pattern.replace(/\\([\s\S])|([%_])|([\s\S])/g, (_all, escaped, wild, plain) =>
    wild === undefined ? literally(escaped ?? plain) : wild === '%' ? '.*' : '.',
  );
  return new RegExp(`^${expression}$`, 'isu').test(database);
}

function literally(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}
