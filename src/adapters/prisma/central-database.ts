import type { CentralAccess } from '../../core/central/central-access.ts';
import type { TenantRegistry } from '../../core/central/tenant-registry.ts';
import type { CredentialRegistry } from '../../core/credentials/credential-registry.ts';
import type { PoolRegistry } from '../../core/pool/pool-registry.ts';
import type { TenantDirectory } from '../../core/ports.ts';
import type { ProvisioningRegistry } from '../../core/provision/provisioning-registry.ts';
import { usingCentralClient } from './central-client.ts';
import { createCredentialRegistry } from './credential-registry.ts';
import { createPoolRegistry } from './pool-registry.ts';
import { createProvisioningRegistry } from './provisioning-registry.ts';
import { createTenantDirectory } from './tenant-directory.ts';
import { createTenantRegistry } from './tenant-registry.ts';
import { examineTenants } from './tenants/examine-tenants.ts';

/** The central database while it is connected. */
export interface CentralDatabase {
  readonly directory: TenantDirectory;
  readonly registry: TenantRegistry;
  readonly provisioning: ProvisioningRegistry;
  readonly credentials: CredentialRegistry;
  readonly pool: PoolRegistry;
}

/**
 * Connects to the central database, passes it to `work`, and always disconnects afterwards. Its own
 * errors are `FanfoldError`s with fault `configuration`: the database is unreachable, missing, empty
 * or lost, access is denied, or its tenants do not match the mapping.
 */
export async function usingCentralDatabase<Result>(
  access: CentralAccess,
  work: (central: CentralDatabase) => Promise<Result>,
): Promise<Result> {
  return usingCentralClient(
    access,
    (catalog) => examineTenants(catalog, access.tenants),
    (ask, found) => {
      const session = { ask, ...found };
      return work({
        directory: createTenantDirectory(session),
        registry: createTenantRegistry(session),
        provisioning: createProvisioningRegistry(session),
        credentials: createCredentialRegistry(session),
        pool: createPoolRegistry(session),
      });
    },
  );
}
