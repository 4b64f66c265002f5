import { setImmediate as turn } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import type { StatementRef } from '../../../../core/failure.ts';
import type { OwnNote } from '../../../../core/outcome.ts';
import type { BackfillControls } from '../../../../core/ports.ts';
import type { GuardSettings } from '../../../../core/safety/guard/guard-settings.ts';
import type { OnlineChanges } from '../../../../core/safety/online/online-changes.ts';
import { causesOf } from '../../../server/causes-of.ts';
import type { LostSession } from '../../bookkeeping/session-left.ts';
import { LeftInSession } from '../../journal/left-in-session.ts';
import type { SqlStatement } from '../../journal/sql-statement.ts';
import { DEFAULT_SQL_MODE, type SqlMode } from '../../sql/sql-mode.ts';
import type { FirstLook } from './first-looks.ts';
import { LockWaits } from './giving-way/lock-waits.ts';
import { isQueueing, type QueueLimit, type WaitFacts } from './giving-way/queue-limit.ts';
import type { StatementObserver } from './statement-observer.ts';
import type { StatementTimeout } from './statement-timeout.ts';

/** Constant facts about the fenced connection. */
export interface SessionFacts {
  readonly connection: Connection;
  /** The tenant's database. A migration may change to another one. */
  readonly database: string;
  /** The names of Fanfold's tables, without the database. */
  readonly ownTables: ReadonlySet<string>;
  /** The name of the fence that the connection holds. */
  readonly fence: string;
  /** The time limit of a statement; no limit if absent. */
  readonly timeout: StatementTimeout | undefined;
  /** The limits of the run for statements that change existing tables. */
  readonly safety?: GuardSettings | undefined;
  /** The means by which statements can give way to others; absent on a scratch database. */
  readonly waits?: WaitFacts | undefined;
  /** Changes tables beside their users; absent on a scratch database, and where no program is at hand. */
  readonly online?: OnlineChanges | undefined;
  /** Sees each statement, on a scratch database. */
  readonly observer?: StatementObserver | undefined;
}

const ON_CLUSTER =
  'safety.queueMs is not applied, because a node of a cluster runs DDL in the order of the cluster and must not be interrupted.';

/** `max_allowed_packet` in bytes until the server's value is known: the smallest possible one. */
const LEAST_PACKET_BYTES = 1024;

/** The state of the fenced connection, and of the attempt that runs on it. */
export class MigrationSession {
  readonly facts: SessionFacts;
  /** The current mode in which the server reads SQL. */
  sqlMode: SqlMode = DEFAULT_SQL_MODE;
  /** `max_allowed_packet`, in bytes. */
  maxPacketBytes = LEAST_PACKET_BYTES;
  /**
   * Whether other nodes accept writes too. A node may then roll a transaction back at any moment; Galera reports
   * that only with the last statement of a packet, and runs the others, a COMMIT among them, without the rows
   * that are gone (docs/adr/0016). Every statement is therefore sent in a separate packet.
   */
  isClustered = false;
  /** The table that was read for the first statement of the run; absent from the second migration on. */
  firstLook: FirstLook | undefined;
  /** Whether the connection is lost, even if the migration catches the error. */
  isLost = false;
  /** Whether the connection was lost during a statement that the server may have run. */
  endUnknown = false;
  /** Whether a failed query may have partly taken effect. */
  maybePartial = false;
  /** Whether a statement was killed because of the statement timeout. */
  timedOut = false;
  /** Milliseconds for which others may queue while a statement of the migration waits for a lock; no limit if absent. */
  queueMs: number | undefined;
  /** How often statements of the attempt gave way to others. */
  readonly waits = new LockWaits();
  /** Notes about kept values that a rollback has brought back, or has not. */
  readonly keptNotes: OwnNote[] = [];
  /** Kept tables whose values are back once the migration's record is durable. */
  restored: readonly string[] = [];
  /** Notes about tables that were changed online. */
  readonly changedOnline: OwnNote[] = [];
  /** The tightened limit of the session for metadata locks, in seconds; `undefined` if it has its own. */
  tightSeconds: number | undefined;
  /** Whether the attempt is to end where another one can resume. */
  isTimeUp: (() => boolean) | undefined;
  /** Control of work that may take hours, as a table that is changed online does. */
  longWork: Pick<BackfillControls, 'isStopping' | 'onProgress'> | undefined;
  /** Whether the migration has changed to another database. */
  changedDatabase = false;
  /** The parts that earlier migrations left in a session that has ended. */
  lost: LostSession | undefined;
  /** The settings and objects that the migration leaves in this session. */
  left = new LeftInSession();
  /** Whether the session has unusual settings, which may affect new tables and Fanfold's queries. */
  isAltered = false;

  #refusal: Error | undefined;
  readonly #running = new Set<Promise<unknown>>();
  #failed = new WeakMap<object, StatementRef>();

  constructor(facts: SessionFacts) {
    this.facts = facts;
  }

  get connection(): Connection {
    return this.facts.connection;
  }

  get isMariaDB(): boolean {
    return (this.connection as { _isMariaDB?: boolean })._isMariaDB === true;
  }

  /**
   * The limit for others that queue behind a statement; `undefined` if they do not, or if it waits as long as the
   * server lets it. A node of a cluster runs DDL in an order of its own and must not be interrupted.
   */
  queueLimitOf(statement: SqlStatement): QueueLimit | undefined {
    const { queueMs, isClustered } = this;
    const { waits } = this.facts;
    if (queueMs === undefined || waits === undefined) return undefined;
    if (isClustered) {
      this.waits.notLimited(ON_CLUSTER);
      return undefined;
    }
    const isLimited = queueMs < waits.waitSeconds * 1_000 && isQueueing(statement, this.isMariaDB);
    return isLimited ? { ...waits, queueMs } : undefined;
  }

  /** Forgets the previous migration. */
  startMigration(): void {
    this.endUnknown = false;
    this.maybePartial = false;
    this.changedDatabase = false;
    this.timedOut = false;
    this.left = new LeftInSession();
    this.restored = [];
    this.#refusal = undefined;
  }

  /** Tracks running work, so that {@link settled} can wait for it. */
  async tracking<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Remembers the statement that caused an error. */
  failedAt(error: unknown, statement: StatementRef): void {
    if (!(error instanceof Error)) return;
    if (!this.#failed.has(error)) this.#failed.set(error, statement);
  }

  /** The statement that caused an error, even if the migration wrapped the error. */
  failedStatement(error: unknown): StatementRef | undefined {
    for (const cause of causesOf(error)) {
      const statement = this.#failed.get(cause);
      if (statement !== undefined) return statement;
    }
    return undefined;
  }

  /** Waits for queries that the migration did not await, and for those that follow them. */
  async settled(): Promise<void> {
    do {
      await Promise.allSettled(this.#running);
      // By then, code that received an answer has sent its next query.
      await turn();
    } while (this.#running.size > 0);
  }

  /** Refuses all further statements of a migration that cannot continue, even if it catches the error. */
  refuse(why: Error): void {
    this.#refusal ??= why;
  }

  /** The reason why nothing more is sent; `undefined` if the migration may continue. */
  get refusal(): Error | undefined {
    return this.#refusal;
  }
}
