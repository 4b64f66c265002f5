import type {
  CentralDatabaseLogin,
  VerifiedTls,
} from '../../core/central/central-database-login.ts';
import type { TenantRegistry } from '../../core/central/tenant-registry.ts';
import type { CredentialRegistry } from '../../core/credentials/credential-registry.ts';
import type { TenantDirectory } from '../../core/ports.ts';
import type { ProvisioningRegistry } from '../../core/provision/provisioning-registry.ts';
import { usingCentralClient } from './central-client.ts';
import { createCredentialRegistry } from './credential-registry.ts';
import { createProvisioningRegistry } from './provisioning-registry.ts';
import { createTenantDirectory } from './tenant-directory.ts';
import { createTenantRegistry } from './tenant-registry.ts';

/** The central database while it is connected. */
export interface CentralDatabase {
  readonly directory: TenantDirectory;
  readonly registry: TenantRegistry;
  readonly provisioning: ProvisioningRegistry;
  readonly credentials: CredentialRegistry;
}

/**
 * Connects to the central database, hands it to `work`, and disconnects whatever happens. Everything
 * it throws by itself is a `FanfoldError` with fault `configuration`: unreachable, access denied,
 * missing, empty, of another schema, lost.
 *
 * @param tls `undefined` for plain text, which belongs on loopback
 */
export async function usingCentralDatabase<Result>(
  login: CentralDatabaseLogin,
  tls: VerifiedTls | undefined,
  work: (central: CentralDatabase) => Promise<Result>,
): Promise<Result> {
  return usingCentralClient(login, tls, async (ask) => {
    // Names every column: a table or column that is missing shows before anything is done.
    await ask((prisma) => prisma.tenant.findFirst());
    return work({
      directory: createTenantDirectory(ask),
      registry: createTenantRegistry(ask),
      provisioning: createProvisioningRegistry(ask),
      credentials: createCredentialRegistry(ask),
    });
  });
}
