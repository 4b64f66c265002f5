import type { UserLogin } from '../ports.ts';
import type { ServerAddress } from '../tenant.ts';

/** Somebody who may create databases and users on a server. */
export type AdminLogin = UserLogin;

/** The store of administrators' logins: one for each database server. */
export interface AdminLogins {
  /** Throws `AdminLoginMissing` (fault `configuration`) if none is known for the server. */
  find(server: ServerAddress): Promise<AdminLogin>;
}

/** An account as servers know it: a user, and the hosts that it may come from. */
export interface Account {
  readonly user: string;
  /** A host name, an address or a pattern such as `%` or `10.1.%`. */
  readonly from: string;
}

/** The properties of a tenant's account. */
export interface AccountSettings extends Pick<UserLogin, 'password' | 'auth'> {
  /** Whether the server is to refuse the account without TLS. */
  readonly requireTls: boolean;
}

/** Connects to database servers without choosing a database. */
export interface DatabaseServers {
  /**
   * Logs in as the administrator, hands the server to `work` and closes the connection whatever happens.
   * Throws `FanfoldError`s that distinguish the administrator's login from a tenant's.
   */
  using<Result>(
    address: ServerAddress,
    login: AdminLogin,
    work: (server: DatabaseServer) => Promise<Result>,
  ): Promise<Result>;
  /** Whether the server lets this login in; throws for everything but a refused password. */
  accepts(address: ServerAddress, login: AdminLogin): Promise<boolean>;
  /** The account that the server takes this login for; `undefined` if it refuses the password. */
  accountOf(address: ServerAddress, login: AdminLogin): Promise<Account | undefined>;
}

/** A database server to which an administrator is connected. Names are quoted, never spliced in. */
export interface DatabaseServer {
  /**
   * Runs `work` while this connection holds a lock of that name on the server. Throws `TenantBusy`
   * (retryable) if another session keeps it for too long.
   */
  withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /**
   * The same for work that is left to the other session if one holds the lock: it is not waited for, and the result is
   * `undefined`.
   */
  ifUnlocked<Result>(name: string, work: () => Promise<Result>): Promise<Result | undefined>;
  /** `false` if the account exists already; nothing of it is changed then. */
  createAccount(account: Account, settings: AccountSettings): Promise<boolean>;
  dropAccount(account: Account): Promise<void>;
  /** The accounts of a user, one for each host that it may come from. */
  listAccounts(user: string): Promise<Account[]>;
  /**
   * Gives an account a password, in place of the one that it has. Throws `PasswordNotSettable` for an
   * account that logs in by other means.
   */
  setPassword(account: Account, password: string): Promise<void>;
  /**
   * Frees Knex's migration lock of a database that nobody uses. Throws `TenantBusy` if somebody does, or if
   * this login cannot see whether.
   */
  freeKnexLock(database: string): Promise<void>;
  /**
   * Drops the tables of interrupted online changes, but for tables with rows from before a change. Throws `TenantBusy`
   * if a migrator or a program is at work there. Returns the names of the dropped tables.
   */
  dropOnlineWork(database: string): Promise<readonly string[]>;
  /**
   * Has the account take a new password beside the one that it has. Throws `RotationUnsupported` for
   * a server, or an account, that takes one password only.
   */
  acceptBoth(account: Account, passwords: { current: string; next: string }): Promise<void>;
  /** Has the account take this password, which is the newer one, and no other. */
  acceptOnly(account: Account, password: string): Promise<void>;
  /** Names of databases that begin with these letters, digits and underscores. */
  listDatabases(prefix: string): Promise<readonly string[]>;
  /** The content of a database; `undefined` if there is none. */
  findDatabase(name: string): Promise<DatabaseContent | undefined>;
  /** utf8mb4, in the server's own collation without one. `false` if it exists already. */
  createDatabase(name: string, collation: string | undefined): Promise<boolean>;
  dropDatabase(name: string): Promise<void>;
  /**
   * Makes a database anew, as {@link createDatabase} does, in which applying a snapshot was interrupted. `false`, and
   * nothing is changed, if none was. Throws `TenantBusy` if somebody works in it.
   */
  remakeDatabase(name: string, collation: string | undefined): Promise<boolean>;
  /** Gives rights on that database and on no other. */
  grant(account: Account, database: string, privileges: readonly string[]): Promise<void>;
}

/** The facts about a database that distinguish one that provisioning has begun from somebody else's. */
export interface DatabaseContent {
  /** Tables and views. */
  readonly tables: number;
  /** Whether Knex's table of applied migrations exists. */
  readonly hasMigrationTable: boolean;
}
