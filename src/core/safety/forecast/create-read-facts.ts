import { failureOf } from '../../migrate/failure-of.ts';
import { ofItsHost } from '../../migrate/host-health.ts';
import { openLoginToMigrate } from '../../migrate/login-to-migrate.ts';
import type { PasswordOpener } from '../../ports.ts';
import { hostKey } from '../../tenant.ts';
import type { ReadFacts } from './forecast-fleet.ts';
import type { ReadTenantFacts } from './tenant-facts.ts';

/** Makes the function that reads the facts about one tenant: it opens the password and asks the database. */
export function createReadFacts({
  read,
  passwords,
}: {
  readonly read: ReadTenantFacts;
  readonly passwords: PasswordOpener;
}): ReadFacts {
  return async (tenant, tables) => {
    const secrets: string[] = [];
    try {
      const login = await openLoginToMigrate(tenant, passwords);
      secrets.push(login.password);
      return { status: 'read', facts: await read(login, tables) };
    } catch (error) {
      const { id, slug, name, address, migrationLogin } = tenant;
      const { host, database, user } = address;
      const names = [id, slug, name, host, database, user, migrationLogin?.user ?? ''];
      const failure = ofItsHost(failureOf(error, secrets, names), hostKey(address));
      return { status: 'failed', failure };
    }
  };
}
