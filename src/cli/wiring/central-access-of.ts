import { centralAccess } from '../../compose/central-access.ts';
import type { CentralAccess } from '../../core/central/central-access.ts';
import type { TenantsMapping } from '../../core/central/tenants-mapping.ts';
import type { TlsSetupOptions } from '../options/setup-options.ts';
import { tlsChoice, type WiringContext } from './wiring-context.ts';

/** A central database that may not be the environment's. */
export interface CentralOptions extends TlsSetupOptions {
  /** Instead of CENTRAL_DATABASE_URL. */
  readonly centralUrl?: string | undefined;
}

/** How the central database is reached by the options of a command, the environment and the project. */
export function centralAccessOf(
  options: CentralOptions,
  context: Pick<WiringContext, 'environment' | 'project'>,
): Promise<CentralAccess> {
  return centralAccess({
    url: options.centralUrl ?? context.environment.centralUrl,
    tls: tlsChoice(options),
    tenants: tenantsMappingOf(context),
  });
}

/** The environment wins over the configuration file. */
export function tenantsMappingOf({
  environment,
  project,
}: Pick<WiringContext, 'environment' | 'project'>): TenantsMapping | undefined {
  return environment.tenantsMapping() ?? project()?.section.central?.tenants;
}
