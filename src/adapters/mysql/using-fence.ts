import type { Knex } from 'knex';
import { type Connection, format } from 'mysql2';
import type { FencedDatabase, FenceOptions } from '../../core/ports.ts';
import type { OnlineChanges } from '../../core/safety/online/online-changes.ts';
import { type KnexTables, ownTableNames } from './bookkeeping/knex-tables.ts';
import type { StoredState } from './bookkeeping/read-state.ts';
import { pingWhileIdle } from './connection/ping-while-idle.ts';
import { StatementJournal } from './journal/statement-journal.ts';
import { releaseFence } from './locks/fence.ts';
import { fenceName } from './locks/fence-name.ts';
import { releaseKnexLock } from './locks/knex-lock.ts';
import type { HeldLock } from './locks/lock-value.ts';
import { type Reconnect, releaseAfterLoss } from './locks/release-after-loss.ts';
import { takeLocks } from './locks/take-locks.ts';
import { fencedMigrations } from './migration/engine/fenced-migrations.ts';
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

/** The server ends a session that is silent for longer, which releases the fence of a vanished host. */
const SESSION_TIMEOUT_SECONDS = 120;

/**
 * Takes the fence and then Knex's lock row, passes the database to `work`, and always releases both
 * afterwards.
 */
export async function usingFence<Result>(
  connection: Connection,
  options: UsingFenceOptions,
  work: (fenced: FencedDatabase) => Promise<Result>,
): Promise<Result> {
  const { database, tables, disableTransactions, waitSeconds, stored, timeout, waits, observer } =
    options;
  const fence = fenceName(database);
  const ownTables = ownTableNames(tables);
  const classes = await options.knexPackage.load();
  prepareSeedSource(classes.FsSeeds);
  const settings = sessionSettings(options);
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
    const locks = { database, fence, waitSeconds, settings, tables, stored };
    const taking = takeLocks(connection, locks);
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
    const { state, notes, lock, stale, session: found } = await taking;
    held = lock;
    release = ['ROLLBACK', ...releaseKnexLock(tables, lock), releaseFence(fence)];
    session.sqlMode = parseSqlMode(found.sqlMode);
    session.maxPacketBytes = found.maxPacketBytes;
    session.isAltered = !found.isInnoDb;
    session.isClustered = lock.node !== undefined;
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
  sender.modeChanged();
}

function sessionSettings({ lockWaitTimeoutSeconds }: FenceOptions): string {
  return format(
    // completion_type = 0, because the journal does not work if a COMMIT starts a transaction or ends the session.
    'SET SESSION lock_wait_timeout = ?, innodb_lock_wait_timeout = ?, wait_timeout = ?, completion_type = 0',
    [lockWaitTimeoutSeconds, lockWaitTimeoutSeconds, SESSION_TIMEOUT_SECONDS],
  );
}
