import { isRollback } from '../is-rollback.ts';
import type { ConnectionLogin, PasswordOpener, TenantDatabases } from '../ports.ts';
import { hostKey } from '../tenant.ts';
import type { AttemptTenant } from './attempt.ts';
import { expectedState } from './expected-state.ts';
import { failureOf } from './failure-of.ts';
import { ofItsHost } from './host-health.ts';
import { openLoginToMigrate } from './login-to-migrate.ts';
import { migrateDatabase } from './migrate-database.ts';

export interface MigrateTenantDependencies {
  readonly databases: TenantDatabases;
  readonly passwords: PasswordOpener;
  /** The time to wait for another migrator to release the fence. Default 10 s. */
  readonly fenceWaitSeconds?: number | undefined;
}

/** Makes the function that attempts one tenant: it opens the password and migrates the database. */
export function createMigrateTenant({
  passwords,
  ...dependencies
}: MigrateTenantDependencies): AttemptTenant {
  return async (tenant, context) => {
    const { id, slug, name, address, migrationLogin } = tenant;
    const names = [id, slug, name, address.user, migrationLogin?.user ?? ''];
    let login: ConnectionLogin;
    try {
      login = await openLoginToMigrate(tenant, passwords);
    } catch (error) {
      const known = [...names, address.host, address.database];
      const failure = ofItsHost(failureOf(error, [], known), hostKey(address));
      const failed = { status: 'failed', failure, applied: [], notes: [] } as const;
      return isRollback(context.request) ? { ...failed, reverted: [] } : failed;
    }
    const expected = context.isRecorded ? expectedState(tenant, context.bundle) : undefined;
    return migrateDatabase(login, context, dependencies, { names, expected });
  };
}
