import { isIamMarker } from '../iam/iam-marker.ts';
import type { Tenant } from '../tenant.ts';
import { onServerOf, tenantAccounts } from './on-server.ts';
import { mayBeOurs } from './provision-step.ts';
import type { Provisioning } from './provisioning.ts';
import type { ProvisioningMark } from './provisioning-registry.ts';

/**
 * Drops what provisioning has made for a tenant that FAILED, and nothing else. The row has to be
 * FAILED by then: a tenant that somebody has activated meanwhile is never touched.
 */
export async function clearAway(
  tenant: Tenant,
  mark: ProvisioningMark,
  provisioning: Provisioning,
): Promise<void> {
  const { registry, servers, passwords } = provisioning;
  const { address } = tenant;
  // Nothing is made for a row before it has a password.
  if (tenant.encryptedPassword === '') {
    await registry.forget(tenant.id);
    return;
  }
  await onServerOf(tenant, provisioning, async (server) => {
    // Under the lock, so that another provisioning of the tenant makes things after this, not in between.
    const now = await registry.read(tenant.id);
    if (now?.tenant.status !== 'FAILED' || now.mark === null) return;
    // Credentials first: if this fails in between, only a database remains that nobody can open.
    for (const { account, login } of tenantAccounts(tenant, provisioning)) {
      // A token proves nothing, and accounts of IAM are marked before they are created (`makeIamAccounts`).
      const isOurs =
        mark !== 'claimed' ||
        (!isIamMarker(login.encryptedPassword) &&
          (await servers.accepts(address, {
            user: account.user,
            password: await passwords.open(login),
          })));
      if (isOurs) await server.dropAccount(account);
    }
    if (mark === 'database') {
      const content = await server.findDatabase(address.database);
      if (content !== undefined && mayBeOurs(content)) await server.dropDatabase(address.database);
    }
    await registry.forget(tenant.id);
  });
}
