import type { TenantDatabasesOptions } from '../../adapters/mysql/tenant-databases.ts';
import { onlineMeans } from '../../compose/online-means.ts';
import type { TenantAccessOptions } from '../../compose/tenant-access.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { connectionOf, tlsChoice, type WiringContext } from './wiring-context.ts';

/** Joins the options of a command to the configuration of the project, for operations on tenants. */
export async function tenantAccessOptions(
  options: SetupOptions,
  context: WiringContext,
): Promise<TenantAccessOptions> {
  const keyRing = context.environment.keyRing();
  return { keyRing, ...(await databaseOptions(options, context)) };
}

/** The same for a database whose password is known. */
export async function databaseOptions(
  options: SetupOptions,
  { project, environment, env }: WiringContext,
): Promise<TenantDatabasesOptions> {
  const { projectDatabases } = await import('../../compose/project/project-databases.ts');
  return {
    ...(await connectionOf(options)),
    tableName: options.tableName,
    disableTransactions: options.disableTransactions,
    ...projectDatabases(project(), options.migrations),
    online: await onlineMeans({
      path: project()?.section.safety?.onlineProgram,
      tls: tlsChoice(options),
      adminLogins: environment.adminLogins,
      env,
    }),
  };
}
