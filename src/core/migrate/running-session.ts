import type { ConnectionLogin, PasswordOpener } from '../ports.ts';
import type { Tenant } from '../tenant.ts';
import { openLoginToMigrate } from './login-to-migrate.ts';

/** The session that migrates a tenant, as its server shows it to a second connection. */
export interface RunningSession {
  /** The statement that it runs, literals cut; `null` between two statements. */
  readonly statement: string | null;
  /** 0 to 100, if the server reports the progress of the statement. */
  readonly percentage?: number | undefined;
  /** The sessions that may hold the lock that it waits for, in sentences; '' if it waits and the server names none. */
  readonly blockedBy?: string | undefined;
}

/** Looks at the session that holds a database's fence; `undefined` if there is none. */
export type WatchDatabase = (login: ConnectionLogin) => Promise<RunningSession | undefined>;

/** Looks at a tenant while it is migrated. Changes nothing; rejects if its server lets nobody else in. */
export type WatchTenant = (tenant: Tenant) => Promise<RunningSession | undefined>;

/** Makes the function that looks at one tenant while it is migrated. */
export function createWatchTenant(dependencies: {
  readonly watch: WatchDatabase;
  readonly passwords: PasswordOpener;
}): WatchTenant {
  return async (tenant) => {
    const login = await openLoginToMigrate(tenant, dependencies.passwords);
    return dependencies.watch(login);
  };
}
