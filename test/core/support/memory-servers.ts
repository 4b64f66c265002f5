import { FanfoldError } from '../../../src/core/errors.ts';
import type {
  Account,
  AdminLogin,
  AdminLogins,
  DatabaseContent,
  DatabaseServer,
  DatabaseServers,
} from '../../../src/core/provision/database-server.ts';

interface StoredAccount {
  /** Newest first; a MySQL account accepts two while a password is being rotated. */
  passwords: string[];
  /** Whether it takes the tokens of IAM, which stand for no password. */
  readonly isIam?: boolean;
  readonly requireTls: boolean;
  readonly grants: Map<string, readonly string[]>;
}

/** One database server in memory that keeps the contract of {@link DatabaseServer}. */
export interface MemoryServers extends DatabaseServers {
  /** By `user@from`. */
  readonly accounts: Map<string, StoredAccount>;
  readonly databases: Map<string, DatabaseContent>;
  /** Names of the locks that are held. */
  readonly locks: Set<string>;
  readonly admins: AdminLogins;
}

export const EMPTY: DatabaseContent = { tables: 0, hasMigrationTable: false };

const ADMIN = { user: 'admin', password: 'of the administrator' };

/** A server on which only the administrator exists. */
export function memoryServers(): MemoryServers {
  const accounts = new Map<string, StoredAccount>();
  const databases = new Map<string, DatabaseContent>();
  const locks = new Set<string>();
  const accountOf = async (_: unknown, { user, password, auth }: AdminLogin) => {
    const found = [...accounts].find(
      ([key, { passwords, isIam }]) =>
        userOf(key) === user && (auth === 'iam' ? isIam === true : passwords.includes(password)),
    );
    return found && { user, from: fromOf(found[0]) };
  };
  const stored = (account: Account): StoredAccount => {
    const found = accounts.get(keyOf(account));
    if (found === undefined) throw new Error(`There is no account ${keyOf(account)}.`);
    return found;
  };
  const server: DatabaseServer = {
    async withLock(name, work) {
      if (locks.has(name)) throw busy(name);
      locks.add(name);
      try {
        return await work();
      } finally {
        locks.delete(name);
      }
    },
    async ifUnlocked(name, work) {
      return locks.has(name) ? undefined : server.withLock(name, work);
    },
    async createAccount(account, { password, auth, requireTls }) {
      if (accounts.has(keyOf(account))) return false;
      const isIam = auth === 'iam';
      const passwords = isIam ? [] : [password];
      accounts.set(keyOf(account), { passwords, isIam, requireTls, grants: new Map() });
      return true;
    },
    async dropAccount(account) {
      accounts.delete(keyOf(account));
    },
    async listAccounts(user) {
      return [...accounts.keys()]
        .filter((key) => userOf(key) === user)
        .map((key) => ({ user, from: fromOf(key) }));
    },
    async setPassword(account, password) {
      stored(account).passwords = [password];
    },
    listDatabases: async (prefix) =>
      [...databases.keys()].filter((name) => name.startsWith(prefix)),
    async freeKnexLock() {},
    async dropOnlineWork() {
      return [];
    },
    async acceptBoth(account, { next }) {
      // As MySQL's RETAIN CURRENT PASSWORD: a third password pushes the oldest one out.
      const { passwords } = stored(account);
      stored(account).passwords = [next, ...passwords].slice(0, 2);
    },
    async acceptOnly(account, password) {
      stored(account).passwords = [password];
    },
    async findDatabase(name) {
      return databases.get(name);
    },
    async createDatabase(name) {
      if (databases.has(name)) return false;
      databases.set(name, EMPTY);
      return true;
    },
    async dropDatabase(name) {
      databases.delete(name);
    },
    async remakeDatabase() {
      return false;
    },
    async grant(account, database, privileges) {
      stored(account).grants.set(database, privileges);
    },
  };
  return {
    accounts,
    databases,
    locks,
    admins: { find: async () => ADMIN },
    async using(_, login, work) {
      if (login.password !== ADMIN.password) throw new Error('This is not the administrator.');
      return work(server);
    },
    accepts: async (address, login) => (await accountOf(address, login)) !== undefined,
    accountOf,
  };
}

/** Has every call of a port tell `tick` first, also those of the server that it hands out. */
export function tickingServers(servers: DatabaseServers, tick: () => void): DatabaseServers {
  const ticking = tickingPort(servers, tick);
  return {
    ...ticking,
    using: (address, login, work) =>
      ticking.using(address, login, (server) => work(tickingPort(server, tick))),
  };
}

/** The port, with a call of `tick` before each of its methods. */
export function tickingPort<Port extends object>(port: Port, tick: () => void): Port {
  return Object.fromEntries(
    Object.entries(port).map(([name, member]) => [
      name,
      typeof member !== 'function'
        ? member
        : async (...args: unknown[]) => {
            tick();
            return member(...args);
          },
    ]),
  ) as Port;
}

function keyOf({ user, from }: Account): string {
  return `${user}@${from}`;
}

function userOf(key: string): string {
  return key.slice(0, key.lastIndexOf('@'));
}

function fromOf(key: string): string {
  return key.slice(key.lastIndexOf('@') + 1);
}

function busy(name: string): FanfoldError {
  return new FanfoldError('TenantBusy', `Another session holds ${name}.`, {
    fault: 'tenant',
    retryable: true,
    nextStep: 'Retry later.',
  });
}
