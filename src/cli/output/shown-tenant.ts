import type { Tenant } from '../../core/tenant.ts';

type ShownTenant = Omit<Tenant, 'encryptedPassword' | 'migrationLogin'> & {
  readonly migrationUser?: string;
};

/** A tenant as `tenant:list --json` shows it: all fields but its passwords. */
export function shownTenant(tenant: Tenant): ShownTenant {
  const { encryptedPassword: _, migrationLogin, ...shown } = tenant;
  return { ...shown, ...(migrationLogin && { migrationUser: migrationLogin.user }) };
}
