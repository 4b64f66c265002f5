import { FanfoldError } from '../../../core/errors.ts';
import { query } from '../connection/query.ts';
import { sendTexts } from '../connection/send-texts.ts';
import { isServerError, type ServerError } from '../connection/server-error.ts';
import { COMMIT, type SqlText, START } from '../connection/sql-text.ts';
import { JournalEntry } from '../journal/journal-entry.ts';
import { type SqlStatement, statementRef } from '../journal/sql-statement.ts';
import type { StatementJournal } from '../journal/statement-journal.ts';
import { type Answer, storeError } from '../journal/stored-answer.ts';
import { HeldRecord, type RecordTexts } from './held-record.ts';
import type { MigrationSession } from './migration-session.ts';
import { RecordNotWritten } from './record-not-written.ts';
import { withinTime } from './statement-timeout.ts';

/** ER_LOCK_DEADLOCK: the server has taken back the whole transaction, not just the statement. */
const DEADLOCK = 1213;
/**
 * Errors with which it may have, as it is set up: ER_LOCK_WAIT_TIMEOUT (innodb_rollback_on_timeout),
 * ER_LOCK_TABLE_FULL, ER_CHECKREAD (MariaDB's innodb_snapshot_isolation).
 */
const MAY_END_TRANSACTION = [1205, 1206, 1020];

/** Sends statements of a migration together with what the journal writes, and learns from the answers. */
export class StatementSender {
  readonly session: MigrationSession;
  readonly journal: StatementJournal;
  /** Of the migration before. */
  readonly record: HeldRecord;

  constructor(session: MigrationSession, journal: StatementJournal) {
    this.session = session;
    this.journal = journal;
    this.record = new HeldRecord(session);
  }

  /** Takes a statement down, without writing it yet. */
  enter(statement: SqlStatement): JournalEntry {
    return this.journal.add(new JournalEntry(statement));
  }

  /** Sends a statement in one packet with what has to come before it. */
  async send(
    statement: SqlStatement,
    entry: JournalEntry,
    before: readonly SqlText[] = [],
  ): Promise<Answer> {
    const sql = [...before.map((each) => each.sql), statement.sql].join(';\n');
    const bindings = [...before.flatMap(({ values }) => values), ...statement.bindings];
    const ownRow = before.some(({ isOwnRow }) => isOwnRow === true);
    const startsAnew = before.includes(START) || this.session.bookkeepingOnly;
    const alongside = this.#alongside;
    this.#alongside = undefined;
    try {
      const [result, fields] = await withinTime(
        statement.send(sql, bindings),
        this.session.connection.threadId,
        this.session.timeout,
        () => {
          this.session.timedOut = true;
        },
      );
      this.session.learn(result);
      const answer: Answer = [behind(result, before.length), behind(fields, before.length)];
      entry.ended(answer);
      return answer;
    } catch (error) {
      this.session.failedAt(error, statementRef(statement));
      if (isServerError(error))
        await this.#failed(statement, entry, error, { ownRow, startsAnew, alongside });
      throw error;
    }
  }

  /** The server has refused a statement that was sent along with another one. */
  async failed(statement: SqlStatement, entry: JournalEntry, error: ServerError): Promise<void> {
    this.session.failedAt(error, statementRef(statement));
    const alone = { ownRow: false, startsAnew: false, alongside: undefined };
    await this.#failed(statement, entry, error, alone);
  }

  /**
   * What has to be sent first so that a statement is in the transaction that the migration believes
   * in: most migrations are DDL, so BEGIN waits until something needs it.
   */
  opening(): SqlText[] {
    const { session } = this;
    if (session.inTransaction && !session.bookkeepingOnly) return [];
    const opening = session.wantsTransaction
      ? [...this.#isolated(), this.#begin]
      : session.bookkeepingOnly
        ? [COMMIT]
        : [];
    if (session.bookkeepingOnly) this.journal.committed();
    // The server has said nothing of it yet where the statement behind it fails.
    if (opening[0] !== undefined) session.inTransaction = session.wantsTransaction;
    session.bookkeepingOnly = false;
    return opening;
  }

  /** Ends a transaction that holds rows of ours only, for a statement that should not be in it. */
  ending(): SqlText[] {
    if (!this.session.bookkeepingOnly) return [];
    this.committed();
    return [COMMIT];
  }

  /** Starts a transaction of our own, for a statement outside of any. */
  starting(): SqlText[] {
    if (this.session.bookkeepingOnly) this.journal.committed();
    const isolated = this.#isolated();
    this.session.bookkeepingOnly = false;
    this.session.inTransaction = true;
    return [...isolated, START];
  }

  /** Says of the next transaction how it is isolated, in these words. */
  isolate(sql: string): void {
    this.#isolation = { sql, values: [] };
  }

  /** What has to be sent before the next transaction begins; the server takes it in none. */
  #isolated(): SqlText[] {
    const isolation = this.#isolation;
    if (isolation === undefined) return [];
    this.#isolation = undefined;
    this.#readsOnly = isReadOnly(isolation.sql);
    return [...(this.session.bookkeepingOnly ? [COMMIT] : []), isolation];
  }

  /**
   * The rows that are not written yet, and the record of the migration before; they go with the
   * transaction that is open, or with a new one.
   */
  intent(): SqlText[] {
    const { inTransaction } = this.session;
    if (this.#readsOnly && inTransaction) return [];
    const write = this.journal.write();
    if (write === undefined) return [];
    if (inTransaction) return [write];
    this.#alongside = this.record.take();
    return [START, ...(this.#alongside?.texts ?? []), write];
  }

  /** The migration begins a transaction, in these words. */
  begin(sql: string): void {
    this.#begin = { sql, values: [] };
    this.#readsOnly = isReadOnly(sql);
    this.session.wantsTransaction = true;
  }

  /** Commits what is open, and with it the rows that are not written yet. */
  async commit(): Promise<void> {
    const packet = [...this.intent(), COMMIT];
    this.session.endUnknown = true;
    await sendTexts(this.session.connection, packet);
    this.session.endUnknown = false;
    this.committed();
  }

  /** Everything that was sent is there to stay. */
  committed(): void {
    this.session.inTransaction = false;
    this.session.bookkeepingOnly = false;
    this.#readsOnly = false;
    this.journal.committed();
  }

  async rollback(): Promise<void> {
    await query(this.session.connection, 'ROLLBACK');
    this.session.inTransaction = false;
    this.session.bookkeepingOnly = false;
    this.#readsOnly = false;
    this.journal.rolledBack();
  }

  /** Forgets what the migration before has said of transactions. */
  startMigration(): void {
    this.#isolation = undefined;
    this.#readsOnly = false;
  }

  /** The record in the packet that is about to be sent. */
  #alongside: RecordTexts | undefined;
  #begin: SqlText = { sql: 'BEGIN', values: [] };
  /** What the migration has said of its next transaction. */
  #isolation: SqlText | undefined;
  /** Whether the transaction takes no writes, those of the journal included. */
  #readsOnly = false;

  /** The server refused the statement: was it that, or our own row; and is a transaction still open? */
  async #failed(
    statement: SqlStatement,
    entry: JournalEntry,
    error: ServerError,
    {
      ownRow,
      startsAnew,
      alongside,
    }: { ownRow: boolean; startsAnew: boolean; alongside: RecordTexts | undefined },
  ): Promise<void> {
    entry.ended(storeError(error));
    if (error.errno === DEADLOCK) {
      this.session.inTransaction = false;
      this.journal.rolledBack();
      this.session.refuse(error);
      return;
    }
    if (statement.kind !== 'ddl' && statement.kind !== 'opaque') {
      if (!this.session.inTransaction || !MAY_END_TRANSACTION.includes(error.errno)) return;
      await this.session.learnAnew();
      if (this.session.inTransaction) return;
      this.journal.rolledBack();
      this.session.refuse(error);
      return;
    }
    const { connection } = this.session;
    if (ownRow) {
      const { sql, values } = this.journal.find(statement.number);
      const rows = await query<[]>(connection, sql, values);
      if (rows.length === 0) {
        const failure = await this.#notWritten(error, alongside);
        this.session.refuse(failure);
        throw failure;
      }
    }
    await this.session.learnAnew();
    if (!this.session.inTransaction) this.journal.committed();
    else this.session.bookkeepingOnly = startsAnew;
  }

  /** Which of our own rows the server refused: the record that was sent along, or the intent. */
  async #notWritten(error: ServerError, alongside: RecordTexts | undefined): Promise<Error> {
    try {
      if (alongside !== undefined) await this.record.sendAgain(alongside);
    } catch (failure) {
      if (failure instanceof RecordNotWritten) return failure;
      throw failure;
    }
    return journalFailed(error);
  }
}

/** The answers behind those of what was sent along. */
function behind(answers: unknown, count: number): unknown {
  if (count === 0 || !Array.isArray(answers)) return answers;
  return answers.length === count + 1 ? answers[count] : answers.slice(count);
}

function isReadOnly(sql: string): boolean {
  return /\bREAD\s+ONLY\b/i.test(sql);
}

function journalFailed(error: ServerError): FanfoldError {
  return new FanfoldError(
    'BookkeepingFailed',
    `The journal of the migration cannot be written (error ${error.errno}): ${error.sqlMessage}`,
    {
      fault: 'tenant',
      nextStep:
        'See that fanfold_journal is as Fanfold made it, or drop it: it is made anew. Then run the migration again.',
      cause: error,
    },
  );
}
