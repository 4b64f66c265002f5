import { DATABASE_PRIVILEGES } from '../../../core/provision/database-privileges.ts';

/**
 * The privileges on a database in the rows of `SHOW GRANTS`, in upper case, including those of active
 * roles. ALL counts as every name in {@link DATABASE_PRIVILEGES}. Grants on single tables, columns and
 * routines are ignored, because they are not enough for a migration. Nothing else of the rows is kept,
 * because some servers show password hashes in them.
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
  // MySQL lists privileges that are revoked for a single database (partial revokes) separately.
  return new Set([...granted].filter((name) => !revoked.has(name)));
}

/** Matches `GRANT <list> ON <scope> TO …`; the grant of a role has no scope. */
const STATEMENT = /^(GRANT|REVOKE) (.+?) ON (\*\.\*|(?:`(?:[^`]|``)*`|[^`. ]+)\.\*) (?:TO|FROM) /i;

function names(list: string): string[] {
  const named = list.split(',').map((name) => name.trim().toUpperCase());
  return named.flatMap((name) =>
    name === 'ALL PRIVILEGES' || name === 'ALL' ? DATABASE_PRIVILEGES : [name],
  );
}

/** Whether a scope, which is a LIKE pattern, covers the database; case is ignored, because some systems ignore it. */
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
