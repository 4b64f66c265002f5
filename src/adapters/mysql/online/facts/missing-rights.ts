import type { ProgramName } from '../../../../core/safety/online/online-program.ts';
import { grantedPrivileges } from '../../accounts/granted-privileges.ts';

/** Rights on the tenant's database. With fewer, both programs end before they begin. */
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

/** Rights on the server. Spirit has the binary log rotated, to know where it is. */
const ON_SERVER: Readonly<Record<ProgramName, readonly string[]>> = {
  Spirit: ['RELOAD', 'REPLICATION CLIENT', 'REPLICATION SLAVE'],
  'gh-ost': ['REPLICATION CLIENT', 'REPLICATION SLAVE'],
};

/**
 * The rights that a login lacks for a program, in words. Those of roles do not count, because the programs do not see
 * them.
 *
 * @param grants the rows of `SHOW GRANTS FOR CURRENT_USER()`
 */
export function missingRights(
  program: ProgramName,
  grants: readonly string[],
  database: string,
  readsPerformanceSchema: boolean,
): string[] {
  const server = new Set(
    grants.flatMap((grant) => /^GRANT (.+?) ON \*\.\* TO /i.exec(grant)?.[1]?.split(/, ?/) ?? []),
  );
  const isAll = server.has('ALL PRIVILEGES');
  const has = (name: string) =>
    isAll || server.has(name) || (name === 'REPLICATION CLIENT' && server.has('SUPER'));
  const onServer = ON_SERVER[program].filter((name) => !has(name));
  const granted = grantedPrivileges(grants, database);
  const onDatabase = ON_DATABASE.filter((name) => !granted.has(name));
  const lacksSchema = program === 'gh-ost' && !readsPerformanceSchema;
  return [
    ...(onServer.length === 0 ? [] : [`${onServer.join(', ')} ON *.*`]),
    ...(onDatabase.length === 0 ? [] : [`${onDatabase.join(', ')} ON \`${database}\`.*`]),
    ...(lacksSchema ? ['SELECT ON performance_schema.*'] : []),
  ];
}
