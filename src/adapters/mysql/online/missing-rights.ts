import { grantedPrivileges } from '../accounts/granted-privileges.ts';

/** Rights on the tenant's database. With fewer, gh-ost ends before it begins. */
const ON_DATABASE = [
  'ALTER',
  'CREATE',
  'DELETE',
  'DROP',
  'INDEX',
  'INSERT',
  'LOCK TABLES',
  'SELECT',
  'TRIGGER',
  'UPDATE',
] as const;

/**
 * The rights that a login lacks for gh-ost, in words. Those of roles do not count, because gh-ost does not see them.
 *
 * @param grants the rows of `SHOW GRANTS FOR CURRENT_USER()`
 */
export function missingRights(
  grants: readonly string[],
  database: string,
  readsPerformanceSchema: boolean,
): string[] {
  const server = new Set(
    grants.flatMap((grant) => /^GRANT (.+?) ON \*\.\* TO /i.exec(grant)?.[1]?.split(/, ?/) ?? []),
  );
  const isAll = server.has('ALL PRIVILEGES');
  const has = (name: string) => isAll || server.has(name);
  const onServer = [
    ...(has('REPLICATION CLIENT') || has('SUPER') ? [] : ['REPLICATION CLIENT']),
    ...(has('REPLICATION SLAVE') ? [] : ['REPLICATION SLAVE']),
  ];
  const granted = grantedPrivileges(grants, database);
  const onDatabase = ON_DATABASE.filter((name) => !granted.has(name));
  return [
    ...(onServer.length === 0 ? [] : [`${onServer.join(', ')} ON *.*`]),
    ...(onDatabase.length === 0 ? [] : [`${onDatabase.join(', ')} ON \`${database}\`.*`]),
    ...(readsPerformanceSchema ? [] : ['SELECT ON performance_schema.*']),
  ];
}
