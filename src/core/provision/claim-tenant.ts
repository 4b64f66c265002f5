import { FanfoldError } from '../errors.ts';
import { checkAddress } from '../migrate/check-address.ts';
import type { Tenant } from '../tenant.ts';
import { newLogins } from './new-logins.ts';
import type { Provisioning } from './provisioning.ts';
import type { ProvisioningRow } from './provisioning-registry.ts';
import { checkDatabaseName, checkUserName, databaseNameOf, userNameOf } from './tenant-names.ts';

/**
 * Takes a tenant into provisioning: a row that has no password yet is given one, and a database and a user if
 * those are empty; one that has failed before is resumed. The password is stored, encrypted, before any
 * server gets it, so that it is never lost.
 *
 * Throws `TenantUnknown` and `TenantNotProvisionable` (fault `usage`): a tenant whose password was not made
 * here was added by hand, with a database that Fanfold did not make.
 */
export async function claimTenant(
  id: string,
  { registry, sealer, settings }: Pick<Provisioning, 'registry' | 'sealer' | 'settings'>,
): Promise<Tenant> {
  const row = await registry.read(id);
  if (row === undefined) {
    throw new FanfoldError('TenantUnknown', `There is no tenant with the id "${id}".`, {
      fault: 'usage',
      nextStep: 'List the tenants: `fanfold tenant:list`',
    });
  }
  const { tenant, mark } = row;
  if (tenant.status === 'ACTIVE') return tenant;
  checkProvisionable(row);
  if (mark !== null && tenant.encryptedPassword !== '') {
    if (tenant.status === 'FAILED') await registry.resume(id);
    return { ...tenant, status: 'PROVISIONING' };
  }
  const address = {
    ...tenant.address,
    database: tenant.address.database || databaseNameOf(tenant.slug),
    user: tenant.address.user || userNameOf(tenant.slug),
  };
  checkAddress(address);
  checkDatabaseName(address.database);
  checkUserName(address.user);
  const logins = await newLogins(id, address, { sealer, settings });
  if (await registry.claim(id, address, logins)) {
    return { ...tenant, status: 'PROVISIONING', address, ...logins };
  }
  // Somebody else has claimed it between reading and writing: the stored row counts.
  const claimed = await registry.read(id);
  if (claimed === undefined || claimed.mark === null) throw notProvisionable(tenant, 'it changed');
  return claimed.tenant;
}

/** Throws `TenantNotProvisionable` for a row that provisioning must not touch. */
function checkProvisionable({ tenant, mark }: ProvisioningRow): void {
  const { status, encryptedPassword } = tenant;
  if (status !== 'PROVISIONING' && status !== 'FAILED') {
    throw notProvisionable(tenant, `it is ${status}`);
  }
  if (mark === null && encryptedPassword !== '') {
    throw notProvisionable(
      tenant,
      'it has a password that was not made here, so its database may be somebody’s',
    );
  }
}

function notProvisionable({ slug }: Tenant, why: string): FanfoldError {
  return new FanfoldError(
    'TenantNotProvisionable',
    `The tenant "${slug}" cannot be provisioned: ${why}.`,
    {
      fault: 'usage',
      nextStep:
        'If its database exists already, set it to ACTIVE (`fanfold tenant:status <slug> ACTIVE`); if it has none, empty dbPassword in its row first.',
    },
  );
}
