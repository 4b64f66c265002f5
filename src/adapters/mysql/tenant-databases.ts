import type { Connection } from 'mysql2';
import type {
  ConnectionLogin,
  FencedDatabase,
  FenceOptions,
  LocksAhead,
  TenantDatabase,
  TenantDatabases,
} from '../../core/ports.ts';
import { type ReplicaWatch, replicasOf } from '../../core/replicas/replica-standing.ts';
import { askFirst } from './ask-first.ts';
import { bookkeepingError } from './bookkeeping/bookkeeping-error.ts';
import { type KnexTables, knexTables } from './bookkeeping/knex-tables.ts';
import { FIRST_ANSWER_MS, readState, type StoredState } from './bookkeeping/read-state.ts';
import { type ConnectionOptions, usingConnection, usingSpare } from './connection/connection.ts';
import { query } from './connection/query.ts';
import { createSpareConnections } from './connection/spare-connections.ts';
import { takeHostSlot } from './locks/host-slot.ts';
import { lockOptions } from './locks/lock-options.ts';
import type { LockedSession } from './locks/lock-packet.ts';
import type { Reconnect } from './locks/release-after-loss.ts';
import { takeLocksAhead } from './locks/take-locks.ts';
import { LockWatches } from './locks/waits/lock-watches.ts';
import { FirstLooks } from './migration/engine/first-looks.ts';
import type { StatementObserver } from './migration/engine/statement-observer.ts';
import { type KnexPackage, ownKnex } from './migration/knex/knex-package.ts';
import type { KnexSettings } from './migration/knex/knex-settings.ts';
import type { LoadSeed } from './migration/knex/seed-loading.ts';
import { createOnlineChanges, type OnlineMeans } from './online/change-online.ts';
import { readBackfills } from './read-backfills.ts';
import { usingFence } from './using-fence.ts';

export interface TenantDatabasesOptions extends Omit<ConnectionOptions, 'driver'> {
  /** The time limit of the first query, 30 s by default, because its tables may be locked. */
  readonly firstAnswerMs?: number | undefined;
  /**
   * Whether a connection that has only asked is kept for a moment, for the next tenant with the same login. Default:
   * each tenant gets its own.
   */
  readonly sharesConnections?: boolean | undefined;
  /** Knex's `tableName`, `knex_migrations` by default. */
  readonly tableName?: string | undefined;
  /** Knex's `disableTransactions`. */
  readonly disableTransactions?: boolean | undefined;
  /** The settings of the user's knexfile, checked by `checkKnexSettings`. */
  readonly knex?: KnexSettings | undefined;
  /** The Knex that runs the migrations. Default: Fanfold's own. */
  readonly knexPackage?: KnexPackage | undefined;
  /** Loads seeds that migrations run. Default: as Knex requires them. */
  readonly loadSeed?: LoadSeed | undefined;
  /** How tables are changed beside their users (`safety.onlineChange: "external"`). Default: they are not. */
  readonly online?: OnlineMeans | undefined;
  /** The configured replicas of servers, which backfills heed. Default: there are none. */
  readonly replicas?: ReplicaWatch | undefined;
  /**
   * Whether statements are journaled; the default is true. Without the journal, a half-applied migration starts
   * again from its beginning. Only the benchmark switches it off, to measure its cost.
   */
  readonly journalsStatements?: boolean | undefined;
}

interface ObservedOptions extends TenantDatabasesOptions {
  readonly observer?: StatementObserver | undefined;
  /** Called with each new connection before it is used. An error fails the attempt. */
  readonly onConnection?: ((connection: Connection) => Promise<void>) | undefined;
}

/** Tenant databases on MySQL and MariaDB, one connection each. */
export function createTenantDatabases(options: TenantDatabasesOptions): TenantDatabases {
  return createObservedDatabases(options);
}

/** The same, with an observer that sees each statement of migrations: on a scratch database. */
export function createObservedDatabases(options: ObservedOptions): TenantDatabases {
  const { tableName = 'knex_migrations', disableTransactions = false, knex = {} } = options;
  const watches = new LockWatches();
  const looks = new FirstLooks();
  // `collate` is an option of Knex for new tables, not of the driver.
  const { collate: _, ...driver } = knex.connection ?? {};
  const spares = options.sharesConnections === true ? createSpareConnections() : undefined;
  return {
    using: (login, work) => {
      let hasOnlyAsked = true;
      const onMore = () => {
        hasOnlyAsked = false;
      };
      const onConnection = async (connection: Connection) => {
        await options.onConnection?.(connection);
        try {
          return await work(
            tenantDatabase(
              connection,
              login,
              { ...options, disableTransactions, watches, looks, onMore },
              knexTables(login.database, tableName, knex.connection),
            ),
          );
        } catch (error) {
          throw bookkeepingError(error, login);
        }
      };
      const isSpare = () => hasOnlyAsked;
      return usingSpare(login, { ...options, driver, spares }, { work: onConnection, isSpare });
    },
  };
}

function tenantDatabase(
  connection: Connection,
  login: ConnectionLogin,
  options: ObservedOptions & {
    readonly disableTransactions: boolean;
    readonly watches: LockWatches;
    readonly looks: FirstLooks;
    /** Called before the session is used for more than to read the state. */
    readonly onMore: () => void;
  },
  tables: KnexTables,
): TenantDatabase {
  const { database } = login;
  const { disableTransactions, journalsStatements = true, knex = {} } = options;
  const { knexPackage = ownKnex, loadSeed, observer, watches, looks, onMore } = options;
  let stored: StoredState['tables'] = { are: 'complete' };
  let taken: LockedSession | undefined;
  const takeAhead = ({ expected, fence }: LocksAhead) => {
    const { firstAnswerMs = FIRST_ANSWER_MS } = options;
    const locks = { ...lockOptions(database, tables, fence), stored, lookAt: looks.next };
    const timeoutMs = firstAnswerMs + fence.lockWaitTimeoutSeconds * 1_000;
    return takeLocksAhead(connection, locks, expected, timeoutMs);
  };
  return {
    readState: async (ahead) => {
      if (ahead !== undefined) {
        onMore();
        taken = await askFirst(connection, login, options, () => takeAhead(ahead));
        if (taken !== undefined) return taken.state;
      }
      const state = await askFirst(connection, login, options, () =>
        readState(connection, tables, options.firstAnswerMs),
      );
      stored = state.tables;
      return state;
    },
    readBackfills: (pending) => {
      onMore();
      return readBackfills(connection, database, pending, tables);
    },
    takeHostSlot: (count) => {
      onMore();
      return takeHostSlot(connection, count);
    },
    usingFence: <Result>(
      fence: FenceOptions,
      work: (fenced: FencedDatabase) => Promise<Result>,
    ): Promise<Result> => {
      onMore();
      const { statementTimeoutSeconds: seconds, lockWaitTimeoutSeconds: waitSeconds } = fence;
      const kill = (id: number) => killStatement(id, login, options);
      const timeout = seconds === undefined ? undefined : { seconds, kill };
      const reconnect: Reconnect = (work) =>
        usingConnection(login, options, async (another) => {
          await options.onConnection?.(another);
          return work(another);
        });
      const of = { database, tables, disableTransactions, journalsStatements, knex, knexPackage };
      const online =
        options.online === undefined
          ? undefined
          : createOnlineChanges(login, options.online, options);
      const given = {
        ...fence,
        ...of,
        online,
        replicas: options.replicas && replicasOf(options.replicas, login),
        observer,
        loadSeed,
        stored,
        looks,
        taken,
        timeout,
        reconnect,
      };
      taken = undefined;
      const { host, port, user } = login;
      return watches.using(JSON.stringify([host, port, user]), reconnect, (watch) =>
        usingFence(connection, { ...given, waits: { waitSeconds, watch } }, work),
      );
    },
  };
}

/** Kills a statement over a new connection, because the other one waits for the statement. */
async function killStatement(
  id: number,
  login: ConnectionLogin,
  options: ConnectionOptions,
): Promise<void> {
  await usingConnection(login, options, (connection) => query(connection, `KILL QUERY ${id}`));
}
