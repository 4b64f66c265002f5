import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2';
import { quoteName } from '../../../core/adoption/quote-name.ts';
import type { ConnectionLogin } from '../../../core/ports.ts';
import { query } from './query.ts';

/** Connections that have done nothing but ask, for the next tenant that has the same login. */
export interface SpareConnections {
  /**
   * A connection of that login, in its database; `undefined` if there is none that can be used, and one has to be made.
   * Every error is left to the new connection, which explains it.
   */
  take(login: ConnectionLogin, timeoutMs: number): Promise<Connection | undefined>;
  /** Keeps a connection for a moment, if its login serves several databases. Otherwise it has to be closed. */
  keep(login: ConnectionLogin, connection: Connection): boolean;
}

/** The next tenant comes within milliseconds, or the run is over. */
const KEPT_MS = 100;
/** Spare connections of one login: a run attempts few tenants at a time. */
const MOST_SPARE = 64;
/** Logins that are remembered. Fleets with a user for each tenant have more, and none of them twice. */
const MOST_LOGINS = 256;

interface KnownLogin {
  readonly database: string;
  isShared: boolean;
  readonly spare: SpareConnection[];
}

interface SpareConnection {
  readonly connection: Connection;
  /** Closes it. */
  readonly timer: NodeJS.Timeout;
}

/**
 * No connection is kept yet. Connecting takes three of the four round trips of a tenant that has nothing to do, and more
 * than half of the work of both sides. A session that has only asked has no lock, no transaction and no settings, so
 * another database of the same login can be chosen on it.
 */
export function createSpareConnections(): SpareConnections {
  const logins = new Map<string, KnownLogin>();

  const knownLogin = (login: ConnectionLogin): KnownLogin => {
    const key = keyOf(login);
    const known = logins.get(key);
    if (known !== undefined) {
      if (known.database !== login.database) known.isShared = true;
      return known;
    }
    const added: KnownLogin = { database: login.database, isShared: false, spare: [] };
    logins.set(key, added);
    const [oldest] = logins.keys();
    if (logins.size > MOST_LOGINS && oldest !== undefined) logins.delete(oldest);
    return added;
  };

  return {
    async take(login, timeoutMs) {
      if (login.auth === 'iam') return undefined;
      const found = knownLogin(login).spare.pop();
      if (found === undefined) return undefined;
      const { connection, timer } = found;
      clearTimeout(timer);
      try {
        await query(connection, `USE ${quoteName(login.database)}`, [], timeoutMs);
        connection.config.database = login.database;
        return connection;
      } catch {
        connection.destroy();
        return undefined;
      }
    },
    keep(login, connection) {
      if (login.auth === 'iam') return false;
      const { isShared, spare } = knownLogin(login);
      if (!isShared || spare.length >= MOST_SPARE) return false;
      const timer = setTimeout(() => {
        spare.splice(spare.indexOf(kept), 1);
        connection.end(() => {});
      }, KEPT_MS);
      const kept: SpareConnection = { connection, timer };
      spare.push(kept);
      return true;
    },
  };
}

/** The password is not kept, but by the connection itself. */
function keyOf({ host, port, user, password }: ConnectionLogin): string {
  return createHash('sha256')
    .update(JSON.stringify([host, port, user, password]))
    .digest('hex');
}
