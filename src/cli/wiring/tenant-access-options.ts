import type { TenantAccessOptions } from '../../compose/tenant-access.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { connectionOf, type WiringContext } from './wiring-context.ts';

/** Joins the options of a command to the configuration of the project, for operations on tenants. */
export async function tenantAccessOptions(
  options: SetupOptions,
  { environment, project }: Pick<WiringContext, 'environment' | 'project'>,
): Promise<TenantAccessOptions> {
  const keyRing = environment.keyRing();
  const { projectDatabases } = await import('../../compose/project/project-databases.ts');
  return {
    keyRing,
    ...(await connectionOf(options)),
    tableName: options.tableName,
    disableTransactions: options.disableTransactions,
    ...projectDatabases(project(), options.migrations),
  };
}
