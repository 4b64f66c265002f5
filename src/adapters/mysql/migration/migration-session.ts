import { setImmediate as turn } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import type { StatementRef } from '../../../core/failure.ts';
import { causesOf } from '../connection/causes-of.ts';
import { query } from '../connection/query.ts';
import type { StatementTimeout } from './statement-timeout.ts';

/** Flags of the server's OK packet (SERVER_STATUS_IN_TRANS, SERVER_STATUS_AUTOCOMMIT). */
const IN_TRANSACTION = 1;
const AUTOCOMMIT = 2;

/** What is known of the one connection while migrations run on it. */
export class MigrationSession {
  readonly connection: Connection;
  /** How long a statement may run; without end where it is absent. */
  readonly timeout: StatementTimeout | undefined;
  /** Whether a transaction is open; the server says so in every answer. */
  inTransaction = false;
  /**
   * Whether the open transaction holds nothing but rows of our own, such as the record of the
   * migration before. They are committed along with what follows them, which spares a commit.
   */
  bookkeepingOnly = false;
  /** Whether a statement outside of a transaction commits itself. */
  autocommit = true;
  /** Whether the migration believes itself in a transaction; DDL may have ended it. */
  wantsTransaction = false;
  /** Whether the connection was lost under a statement that the server may have carried out. */
  endUnknown = false;
  /** Whether a failed query may have taken effect in part. */
  maybePartial = false;
  /** Whether a statement was killed since its time was up. */
  timedOut = false;
  /** Whether the migration has left for another database. */
  changedDatabase = false;

  #refusal: Error | undefined;
  readonly #running = new Set<Promise<unknown>>();
  #failed = new WeakMap<object, StatementRef>();

  constructor(connection: Connection, timeout?: StatementTimeout) {
    this.connection = connection;
    this.timeout = timeout;
  }

  get isMariaDB(): boolean {
    return (this.connection as { _isMariaDB?: boolean })._isMariaDB === true;
  }

  /** Forgets the migration before. */
  startMigration(): void {
    this.wantsTransaction = false;
    this.endUnknown = false;
    this.maybePartial = false;
    this.changedDatabase = false;
    this.timedOut = false;
    this.#refusal = undefined;
  }

  /** Keeps count of what runs, so that {@link settled} can wait for it. */
  async tracking<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Learns from what an answer's last part says of the session; rows say nothing. */
  learn(result: unknown): void {
    const last = Array.isArray(result) ? result.at(-1) : result;
    const status = (last as { serverStatus?: unknown } | null | undefined)?.serverStatus;
    if (typeof status !== 'number') return;
    this.inTransaction = (status & IN_TRANSACTION) !== 0;
    this.autocommit = (status & AUTOCOMMIT) !== 0;
    if (!this.inTransaction) this.bookkeepingOnly = false;
  }

  /** Asks whether a transaction is open, which errors do not say. */
  async learnAnew(): Promise<void> {
    this.learn(await query(this.connection, 'DO 0'));
  }

  /** Remembers from which statement an error came. */
  failedAt(error: unknown, statement: StatementRef): void {
    if (!(error instanceof Error)) return;
    if (!this.#failed.has(error)) this.#failed.set(error, statement);
  }

  /** The statement that an error came from, also where the migration wrapped the error. */
  failedStatement(error: unknown): StatementRef | undefined {
    for (const cause of causesOf(error)) {
      const statement = this.#failed.get(cause);
      if (statement !== undefined) return statement;
    }
    return undefined;
  }

  /** Waits for queries that the migration started without waiting for them, and those that follow them. */
  async settled(): Promise<void> {
    do {
      await Promise.allSettled(this.#running);
      // Whoever was told of an answer has sent the next query by then.
      await turn();
    } while (this.#running.size > 0);
  }

  /** Sends nothing more for a migration that cannot go on, whatever it makes of the error. */
  refuse(why: Error): void {
    this.#refusal ??= why;
  }

  /** Why nothing more is sent. */
  get refusal(): Error | undefined {
    return this.#refusal;
  }
}
