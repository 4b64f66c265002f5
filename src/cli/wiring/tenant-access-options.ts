import type { TenantDatabasesOptions } from '../../adapters/mysql/tenant-databases.ts';
import { onlineMeans } from '../../compose/online-means.ts';
import type { Project } from '../../compose/project/load-project.ts';
import { type ReplicaWatchOptions, replicaWatch } from '../../compose/replica-watch.ts';
import type { TenantAccessOptions } from '../../compose/tenant-access.ts';
import { type ReplicasConfig, replicaLogin } from '../../core/replicas/find-replicas.ts';
import type { ReplicaWatch } from '../../core/replicas/replica-standing.ts';
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
  const connection = await connectionOf(options);
  return {
    ...connection,
    sharesConnections: true,
    tableName: options.tableName,
    disableTransactions: options.disableTransactions,
    ...projectDatabases(project(), options.migrations),
    online: await onlineMeans({
      path: project()?.section.safety?.onlineProgram,
      tls: tlsChoice(options),
      adminLogins: environment.adminLogins,
      env,
    }),
    replicas: await replicasOfProject(project(), connection, env),
  };
}

/** The configured replicas of the project, with the password of their login from the environment. */
export function replicasOfProject(
  project: Project | undefined,
  connection: Pick<ReplicaWatchOptions, 'tls' | 'iamToken'>,
  env: WiringContext['env'],
): Promise<ReplicaWatch | undefined> {
  const config = project?.section.replicas;
  return replicaWatch(config, {
    ...connection,
    findLogin: async () => replicaLogin(config as ReplicasConfig, env),
  });
}
