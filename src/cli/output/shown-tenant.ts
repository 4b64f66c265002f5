import type { Tenant } from '../../core/tenant.ts';

/** A tenant as `tenant:list --json` shows it: everything but the password. */
export function shownTenant(tenant: Tenant): Omit<Tenant, 'encryptedPassword'> {
  const { encryptedPassword: _, ...shown } = tenant;
  return shown;
}
