import type { Knex } from 'knex';
import type { Connection } from 'mysql2';
import type { FencedDatabase, FenceOptions } from '../../core/ports.ts';
import type { ServerReplicas } from '../../core/replicas/replica-standing.ts';
import type { OnlineChanges } from '../../core/safety/online/online-changes.ts';
import { type KnexTables, ownTableNames } from './bookkeeping/knex-tables.ts';
import type { StoredState } from './bookkeeping/read-state.ts';
import { pingWhileIdle } from './connection/ping-while-idle.ts';
import { StatementJournal } from './journal/statement-journal.ts';
import { releaseFence } from './locks/fence.ts';
import { releaseKnexLock } from './locks/knex-lock.ts';
import { lockOptions } from './locks/lock-options.ts';
import type { LockedSession } from './locks/lock-packet.ts';
import type { HeldLock } from './locks/lock-value.ts';
import { type Reconnect, releaseAfterLoss } from './locks/release-after-loss.ts';
import { takeLocks } from './locks/take-locks.ts';
import { fencedMigrations } from './migration/engine/fenced-migrations.ts';
import { FirstLook, type FirstLooks } from './migration/engine/first-looks.ts';
import type { WaitFacts } from './migration/engine/giving-way/queue-limit.ts';
import { MigrationSession } from './migration/engine/migration-session.ts';
import { MigrationStatements } from './migration/engine/migration-statements.ts';
import { ownText } from './migration/engine/own-text.ts';
import { sendStatements } from './migration/engine/send-packet.ts';
import type { StatementObserver } from './migration/engine/statement-observer.ts';
import type { StatementTimeout } from './migration/engine/statement-timeout.ts';
import { knexOnSession, stopKnex } from './migration/knex/fenced-knex.ts';
import type { KnexPackage } from './migration/knex/knex-package.ts';
import type { KnexSettings } from './migration/knex/knex-settings.ts';
import {
  type LoadSeed,
  prepareSeedSource,
  usingSeedLoader,
} from './migration/knex/seed-loading.ts';
import { setUpSession } from './migration/knex/set-up-session.ts';
import { applySnapshot } from './snapshot/apply-snapshot.ts';
import { parseSqlMode } from './sql/sql-mode.ts';

export interface UsingFenceOptions extends FenceOptions {
  readonly database: string;
  readonly tables: KnexTables;
  readonly disableTransactions: boolean;
  readonly timeout: StatementTimeout | undefined;
  /** The means by which statements can give way to others. */
  readonly waits: WaitFacts;
  /** Changes tables beside their users, if a program is at hand. */
  readonly online: OnlineChanges | undefined;
  /** The configured replicas of the server, which backfills heed. */
  readonly replicas: ServerReplicas | undefined;
  /** Remembers the table that the first statement of a run changes. */
  readonly looks: FirstLooks;
  /** The locks, if they were taken with the first question. */
  readonly taken: LockedSession | undefined;
  readonly journalsStatements: boolean;
  /** Sees each statement, on a scratch database. */
  readonly observer: StatementObserver | undefined;
  /** The settings of the user's knexfile. */
  readonly knex: KnexSettings;
  /** The Knex that runs the migrations. */
  readonly knexPackage: KnexPackage;
  /** Loads seeds that migrations run. */
  readonly loadSeed: LoadSeed | undefined;
  /** The bookkeeping tables that existed when the state was read. */
  readonly stored: StoredState['tables'];
  /** Connects again, to release locks after the connection was lost. */
  readonly reconnect: Reconnect;
}

/**
 * Takes the fence and then Knex's lock row, passes the database to `work`, and always releases both
 * afterwards.
 */
export async function usingFence<Result>(
  connection: Connection,
  options: UsingFenceOptions,
  work: (fenced: FencedDatabase) => Promise<Result>,
): Promise<Result> {
  const { database, tables, disableTransactions, stored, timeout, waits, looks, observer } =
    options;
  const locks = { ...lockOptions(database, tables, options), stored, lookAt: looks.next };
  const { fence } = locks;
  const ownTables = ownTableNames(tables);
  const classes = await options.knexPackage.load();
  prepareSeedSource(classes.FsSeeds);
  // The rollback comes first: an open transaction would block the next holder of the fence.
  let release = ['ROLLBACK', releaseFence(fence)];
  let held: HeldLock | undefined;
  // The plain release fails if the session is lost or a migration left it in an unusable state.
  const giveBack = () =>
    held === undefined
      ? Promise.resolve()
      : releaseAfterLoss(connection, options.reconnect, { tables, fence, lock: held });
  const stopPinging = pingWhileIdle(connection);
  let knex: Knex | undefined;
  try {
    const taking =
      options.taken === undefined ? takeLocks(connection, locks) : Promise.resolve(options.taken);
    // These objects are created while the server takes the locks.
    const session = new MigrationSession({
      connection,
      database,
      fence,
      timeout,
      safety: options.safety,
      waits,
      online: options.online,
      observer,
      ownTables,
    });
    const statements = new MigrationStatements(
      session,
      new StatementJournal(connection, tables.journal, database, options.journalsStatements),
    );
    knex = knexOnSession(session, statements, database, classes, options.knex);
    const { state, notes, lock, stale, session: found, look } = await taking;
    held = lock;
    release = ['ROLLBACK', ...releaseKnexLock(tables, lock), releaseFence(fence)];
    session.sqlMode = parseSqlMode(found.sqlMode);
    session.maxPacketBytes = found.maxPacketBytes;
    session.isAltered = !found.isInnoDb;
    session.isClustered = lock.node !== undefined;
    session.firstLook = new FirstLook(looks, look);
    await setUp(statements, options.knex);
    const onUnlocked = (): void => {
      release = [];
    };
    const knexSettings = options.knex;
    const shared = {
      knex,
      knexSettings,
      classes,
      statements,
      tables,
      lock,
      stale,
      disableTransactions,
      state,
      replicas: options.replicas,
      onUnlocked,
    };
    const fenced: FencedDatabase = {
      state,
      get notes() {
        return [...notes, ...session.waits.notes, ...session.changedOnline, ...session.keptNotes];
      },
      ...fencedMigrations(shared),
      applySnapshot: (snapshot, application) =>
        applySnapshot(snapshot, application, {
          connection,
          database,
          tables,
          lock: lock.value,
          textOf: (text) => ownText(connection, text, session.sqlMode),
          send: async (texts) =>
            (await sendStatements(connection, texts, { apart: session.isClustered })).error,
        }),
    };
    return await usingSeedLoader(options.loadSeed, () => work(fenced));
  } finally {
    stopPinging();
    if (knex !== undefined) stopKnex(knex);
    // A failed release must not hide an earlier error.
    if (release.length > 0) {
      const apart = held?.node !== undefined;
      const { error } = await sendStatements(connection, release, { apart });
      if (error !== undefined) await giveBack();
    }
  }
}

/** Runs the `afterCreate` of the user's knexfile on the session. */
async function setUp({ sender }: MigrationStatements, { pool }: KnexSettings): Promise<void> {
  if (pool?.afterCreate === undefined) return;
  await setUpSession(sender.session.connection, pool.afterCreate);
  // A setting may change how definitions are shown.
  sender.session.firstLook = undefined;
  sender.modeChanged();
}
