import type { EncryptedLogin } from '../encryption/open-password.ts';
import { loginToMigrate } from '../migrate/login-to-migrate.ts';
import type { Tenant } from '../tenant.ts';
import type { Account, DatabaseServer } from './database-server.ts';
import type { Provisioning } from './provisioning.ts';
import { usingServer } from './using-server.ts';

/**
 * Runs `work` as the administrator of a tenant's server, while no other provisioning of the same
 * tenant makes or drops anything there.
 */
export async function onServerOf<Result>(
  { id, address }: Tenant,
  provisioning: Pick<Provisioning, 'admins' | 'servers'>,
  work: (server: DatabaseServer) => Promise<Result>,
): Promise<Result> {
  return usingServer(address, provisioning, (server) =>
    // An id has 36 characters, and a lock's name at most 64.
    server.withLock(`fanfold-provision:${id}`, () => work(server)),
  );
}

/** An account of a tenant on its server: how it logs in, and what it may do in the database. */
export interface TenantAccount {
  readonly account: Account;
  readonly login: EncryptedLogin;
  readonly privileges: readonly string[];
}

/** The accounts of a tenant: the application's, and that of the user that migrates, if it has one. */
export function tenantAccounts(
  tenant: Tenant,
  { settings }: Pick<Provisioning, 'settings'>,
): readonly TenantAccount[] {
  const { id, address, encryptedPassword, migrationLogin } = tenant;
  const { accountsFrom: from, privileges, migrationPrivileges = ['ALL'] } = settings;
  const own = { id, address, encryptedPassword };
  const accounts = [{ account: { user: address.user, from }, login: own, privileges }];
  if (migrationLogin === undefined) return accounts;
  const login = loginToMigrate(tenant);
  const account = { user: login.address.user, from };
  return [...accounts, { account, login, privileges: migrationPrivileges }];
}
