import type { FanfoldError } from '../../../../core/errors.ts';
import { isConnectionLost } from '../../../server/connection-lost.ts';
import { isServerError } from '../../../server/server-error.ts';
import { JournalEntry, type JournaledStatement } from '../../journal/journal-entry.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import type { StatementTraits } from '../../sql/statement-traits.ts';
import { StreamedRows } from '../knex/streamed-rows.ts';
import type { PacketSender } from './packet-sender.ts';
import { hidesOwnTable, xaRefused } from './refused-statements.ts';
import { SchemaChanges } from './schema-changes.ts';
import { SchemaReach } from './schema-reach.ts';
import type { Sending } from './sending.ts';
import type { StatementSender } from './statement-sender.ts';
import { TableLocks } from './table-locks.ts';

/** Runs the statements of a migration that no earlier attempt has run, each as its kind requires. */
export class LiveStatements {
  readonly #sender: PacketSender;
  readonly #statements: StatementSender;
  /** Runs the DDL among them. */
  readonly schema: SchemaChanges;
  /** Runs LOCK TABLES and UNLOCK TABLES among them. */
  readonly locks: TableLocks;
  readonly #reach: SchemaReach;

  constructor(sender: PacketSender, statements: StatementSender) {
    this.#sender = sender;
    this.#statements = statements;
    this.schema = new SchemaChanges(sender, statements);
    this.locks = new TableLocks(sender, statements);
    this.#reach = new SchemaReach(sender.session.connection);
  }

  /** Records a statement that an earlier attempt has run and that is skipped now. */
  skipped(statement: SqlStatement, earlier: JournaledStatement): void {
    const { kind } = statement;
    if (kind === 'opaque') this.schema.forgetNames();
    this.#noteIdsOf(statement);
    if (kind === 'ddl') this.schema.skipped(statement, earlier);
    else this.#statements.guard.ran(statement);
  }

  /**
   * Whether a statement that asks about an earlier one would be answered as under plain Knex. A write also
   * needs an open transaction, in which its row can follow it.
   */
  canAnswer({ kind, traits: { asks } }: SqlStatement): boolean {
    if (!isAsking(asks)) return true;
    const { open, wanted } = this.#sender.state;
    const isInside = open === 'single' || open === 'migration' || wanted !== undefined;
    const canBeBare = kind === 'read' || kind === 'session' || (kind === 'write' && isInside);
    return canBeBare && this.#sender.questions.canAnswer(asks);
  }

  /** Runs a statement. If it asks about the previous one, nothing is sent in between. */
  async run(statement: SqlStatement): Promise<Answer> {
    const { kind, sql, traits } = statement;
    let answer: Answer;
    try {
      answer = await this.#run(statement, isAsking(traits.asks));
    } finally {
      // Ids that a failed insert has used are not used again.
      this.#noteIdsOf(statement);
    }
    this.#sender.session.left.add(statement);
    if (kind !== 'ddl') this.#statements.guard.ran(statement);
    if (kind === 'session') this.#sender.session.isAltered = true;
    const mayHide = kind === 'opaque' && !/^\W*CALL\b/i.test(sql);
    if (traits.changesSqlMode || mayHide) this.#sender.modeChanged();
    return answer;
  }

  /** Starts a stream of rows; calls `onEnd` with the digest that the journal stores. */
  async stream(
    statement: SqlStatement,
    start: (rows: StreamedRows) => Promise<unknown>,
    onEnd: (stored: string) => void,
  ): Promise<{ rows: StreamedRows; ending: Promise<unknown> }> {
    await this.#statements.prepareFor(statement);
    const entry = this.#sender.journal.add(new JournalEntry(statement));
    entry.done = true;
    const rows = new StreamedRows((stored) => {
      onEnd(stored);
      entry.ended(stored);
    });
    return { rows, ending: start(rows) };
  }

  /** Records that a write may have used generated ids. */
  #noteIdsOf(statement: SqlStatement): void {
    const { kind, traits } = statement;
    if (kind !== 'write' && kind !== 'opaque') return;
    this.#sender.ids.usedBy(statement, kind === 'opaque' || traits.callsUnknown);
  }

  #run(statement: SqlStatement, isBare: boolean): Promise<Answer> {
    this.#statements.check(statement);
    if (statement.kind === 'opaque') this.schema.forgetNames();
    switch (statement.kind) {
      case 'read':
        return this.#read(statement, isBare);
      case 'session':
        return this.#changeSession(statement, isBare);
      case 'write':
        return this.#write(statement, isBare);
      case 'ddl':
        return this.#changeSchema(statement);
      case 'opaque':
        return this.#runOpaque(statement);
      case 'locking':
        return this.locks.lock(statement);
      case 'unlocking':
        return this.locks.unlock(statement);
      case 'refused':
        throw this.#refused(statement, xaRefused());
    }
  }

  async #send(
    statement: SqlStatement,
    sending: Sending,
    entry = new JournalEntry(statement),
  ): Promise<Answer> {
    const { answer } = await this.#statements.run(statement, entry, sending);
    entry.hasEffect = entry.kind !== 'read' && entry.kind !== 'session';
    return answer;
  }

  /** Runs a read. If it uses a view that calls a function, which may write, it counts as a write and never runs twice. */
  async #read(statement: SqlStatement, isBare: boolean): Promise<Answer> {
    if (isBare) return this.#send(statement, { need: 'bare' });
    if (await this.mayWrite(statement)) {
      const entry = new JournalEntry({ ...statement, kind: 'write' });
      return this.#send(statement, { need: 'single' }, entry);
    }
    return this.#send(statement, { need: 'transaction' });
  }

  /** Whether a query may write although its text does not show that. */
  mayWrite(statement: SqlStatement): Promise<boolean> {
    return this.#reach.mayWrite(statement, (read) => this.#reading(read));
  }

  /** Runs a write. If it commits itself, its row is committed together with it. */
  async #write(statement: SqlStatement, isBare: boolean): Promise<Answer> {
    const { state } = this.#sender;
    if (isBare) return this.#send(statement, { need: 'bare' });
    if (!state.tablesLocked && (await this.#isForGood(statement))) {
      return this.#writeForGood(statement);
    }
    return this.#send(statement, { need: 'single' });
  }

  /** Whether a rollback would not undo the rows that the statement may write. */
  #isForGood(statement: SqlStatement): Promise<boolean> {
    return this.#reach.writesForGood(statement, (read) => this.#reading(read));
  }

  /** Runs a write that a rollback does not undo. As for DDL, its intent must be durable first. */
  async #writeForGood(statement: SqlStatement): Promise<Answer> {
    const { session, journal } = this.#sender;
    try {
      return await this.#send(statement, { need: 'for good', intent: true });
    } catch (error) {
      // Some of its rows may have been written.
      journal.endUnknown(statement.number);
      session.endUnknown ||= isConnectionLost(error);
      throw error;
    }
  }

  async #changeSchema(statement: SqlStatement): Promise<Answer> {
    const answer = await this.schema.run(statement);
    this.#reach.forget(statement.sql, this.#sender.session.isAltered);
    return answer;
  }

  /** Runs CALL and the like. Any commit of the statement also commits its row. */
  async #runOpaque(statement: SqlStatement): Promise<Answer> {
    const { session, journal, state } = this.#sender;
    if (!state.tablesLocked && (await this.#isForGood(statement))) {
      return this.#writeForGood(statement);
    }
    try {
      const need = 'unknown effect';
      const answer = await this.#send(statement, { need, intent: !state.tablesLocked });
      if (this.#sender.state.open === 'none') this.#sender.committed();
      return answer;
    } catch (error) {
      journal.endUnknown(statement.number);
      session.endUnknown ||= isConnectionLost(error);
      session.maybePartial ||= statement.several && isServerError(error);
      throw error;
    }
  }

  /** Runs a statement that changes the session, which is not part of a transaction. */
  async #changeSession(statement: SqlStatement, isBare: boolean): Promise<Answer> {
    const { session, state } = this.#sender;
    const { changesDatabase, changesAutocommit } = statement.traits;
    const hidden = statement.traits.temporary.find((name) => session.facts.ownTables.has(name));
    if (hidden !== undefined) throw this.#refused(statement, hidesOwnTable(hidden));
    if (changesDatabase) {
      session.changedDatabase = true;
      this.schema.forgetNames();
      this.#reach.forget(statement.sql);
    }
    // Switching autocommit on commits the open transaction.
    const mayCommit = state.open === 'migration' && changesAutocommit;
    const need = isBare ? 'bare' : mayCommit ? 'implicit commit' : 'apart';
    const answer = await this.#send(statement, { need, intent: mayCommit });
    if (mayCommit && this.#sender.state.open === 'none') this.#sender.committed();
    return answer;
  }

  #refused(statement: SqlStatement, error: FanfoldError): FanfoldError {
    this.#sender.session.failedAt(error, statementRef(statement));
    return error;
  }

  #reading<Result>(read: () => Promise<Result>): Promise<Result> {
    return this.#sender.reading(read);
  }
}

function isAsking({ rowCount, foundRows, diagnostics }: StatementTraits['asks']): boolean {
  return rowCount || foundRows || diagnostics;
}
