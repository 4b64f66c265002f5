import { setImmediate as turn } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import type { StatementRef } from '../../core/failure.ts';
import { statementShape } from '../../core/migrate/statement-shape.ts';
import { causesOf } from './causes-of.ts';
import { isConnectionLost } from './connection-lost.ts';
import { query } from './query.ts';
import { StatementKind } from './statement-kind.ts';

/** ER_PARSE_ERROR: not understood, so nothing was committed for it. */
const PARSE_ERROR = 1064;

const REFUSED = 'The migration has failed already; nothing more is sent for it.';

/** Flag of the server's OK packet: a transaction is open (SERVER_STATUS_IN_TRANS). */
const IN_TRANSACTION = 1;

/**
 * What is known of the one connection while a migration runs on it: whether a transaction is open,
 * which statement failed, how many took effect for good.
 */
export class MigrationSession {
  readonly connection: Connection;
  /** The server says so in every answer; DDL ends a transaction without being asked. */
  inTransaction = false;
  /** Statements whose effect is committed, whatever happens to the rest. */
  committed = 0;
  /** Whether the connection was lost under a statement that the server may have carried out. */
  endUnknown = false;
  /** Whether a failed query may have taken effect in part. */
  maybePartial = false;
  /** Whether the migration has left for another database. */
  changedDatabase = false;

  #commitsItself = false;
  #number = 0;
  #uncommitted = 0;
  #refuses = false;
  #beginDeferred = false;
  #running = new Set<Promise<unknown>>();
  #failed = new WeakMap<object, StatementRef>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Forgets the migration before. `transaction`: whether its record is committed with what it does. */
  startMigration(transaction: boolean): void {
    this.committed = 0;
    this.endUnknown = false;
    this.maybePartial = false;
    this.changedDatabase = false;
    this.#commitsItself = !transaction;
    this.#number = 0;
    this.#uncommitted = 0;
    this.#beginDeferred = false;
  }

  /**
   * Whether a statement would change nothing, so that the way to the server can be spared. Most
   * migrations are DDL, which ends a transaction at once: BEGIN waits until something needs it
   * ({@link needsBegin}), and COMMIT has nothing to do where none is open.
   */
  canOmit(sql: string): boolean {
    if (StatementKind.isBegin(sql)) {
      this.#beginDeferred = true;
      return true;
    }
    // What is still running may just be opening the transaction.
    if (!StatementKind.isCommit(sql) || this.inTransaction || this.#running.size > 0) return false;
    this.#beginDeferred = false;
    return true;
  }

  /** Whether a BEGIN that waits has to be sent before this statement. */
  needsBegin(sql: string): boolean {
    if (!this.#beginDeferred || StatementKind.commitsBefore(sql)) return false;
    this.#beginDeferred = false;
    // The statement is sent right behind it, before the server has said so.
    this.inTransaction = true;
    return true;
  }

  /** Runs one query of the migration and learns from its answer. */
  async track<Answer>(
    sql: string,
    run: () => Promise<Answer>,
    headerOf: (answer: Answer) => unknown,
  ): Promise<Answer> {
    const control = StatementKind.controlsTransaction(sql);
    if (this.#refuses && !control) throw new Error(REFUSED);
    const number = control ? this.#number : ++this.#number;
    const undone = this.#isUndoneByLoss(sql);
    if (StatementKind.changesDatabase(sql)) this.changedDatabase = true;
    const running = run();
    this.#running.add(running);
    try {
      const answer = await running;
      this.#learn(sql, headerOf(answer));
      return answer;
    } catch (error) {
      if (!undone && isConnectionLost(error)) this.endUnknown = true;
      if (!control && error instanceof Error) {
        this.#failed.set(error, { number, text: statementShape(sql) });
        if (StatementKind.mayBePartial(sql)) this.maybePartial = true;
        const understood = (error as { errno?: unknown }).errno !== PARSE_ERROR;
        if (understood && StatementKind.commitsBefore(sql)) this.#transactionEnded();
      }
      throw error;
    } finally {
      this.#running.delete(running);
    }
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

  /** Sends nothing more for a migration that has failed. */
  refuseStatements(): void {
    this.#refuses = true;
  }

  /** Rolls back what a failed migration left open, so that the locks are not given back inside of it. */
  async abandonTransaction(): Promise<void> {
    // Asked for or not: an answer that would tell may have been lost. Where this fails the connection
    // is gone, and the server rolls back by itself.
    await query(this.connection, 'ROLLBACK').catch(() => {});
    this.inTransaction = false;
    this.#uncommitted = 0;
  }

  /** Whether a statement that the connection is lost under has surely left nothing behind. */
  #isUndoneByLoss(sql: string): boolean {
    // With the last COMMIT goes the record, so that the next attempt knows how it ended.
    if (StatementKind.isCommit(sql)) return !this.#commitsItself;
    if (StatementKind.controlsTransaction(sql) || StatementKind.leavesNothing(sql)) return true;
    return (
      this.inTransaction && !StatementKind.commitsBefore(sql) && !StatementKind.mayBePartial(sql)
    );
  }

  #learn(sql: string, header: unknown): void {
    const status = serverStatus(header);
    if (status === undefined) return;
    this.inTransaction = (status & IN_TRANSACTION) !== 0;
    if (StatementKind.isRollback(sql)) this.#uncommitted = 0;
    else if (!StatementKind.controlsTransaction(sql) && !StatementKind.leavesNothing(sql)) {
      this.#uncommitted++;
    }
    if (StatementKind.commitsBefore(sql)) this.#beginDeferred = false;
    if (!this.inTransaction) this.#transactionEnded();
  }

  #transactionEnded(): void {
    this.committed += this.#uncommitted;
    this.#uncommitted = 0;
  }
}

/** The status flags of an answer: rows bring none, several statements bring those of the last. */
function serverStatus(header: unknown): number | undefined {
  const last = Array.isArray(header) ? header.at(-1) : header;
  const status = (last as { serverStatus?: unknown } | null | undefined)?.serverStatus;
  return typeof status === 'number' ? status : undefined;
}
